import { expect } from 'chai';
import { plainAddress } from '../../src/network/plain-address.ts';

describe('plainAddress', () => {
  for (const [written, address] of [
    ['203.0.113.5', '203.0.113.5'],
    [' 203.0.113.5 ', '203.0.113.5'],
    ['203.0.113.5:1234', '203.0.113.5'],
    ['203.0.113.5:', '203.0.113.5'],
    ['"203.0.113.5"', '203.0.113.5'],
    ['"203.0.113.5:1234"', '203.0.113.5'],
    ['[203.0.113.5]', '203.0.113.5'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:cb00:7109', '203.0.113.9'],
    ['[::ffff:203.0.113.9]:80', '203.0.113.9'],
    ['2001:0DB8:0:0::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:80', '2001:db8::1'],
    ['"[2001:db8::1]:80"', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ] as const)
    it(`reads ${written}`, () => expect(plainAddress(written)).to.equal(address));

  for (const junk of [
    '',
    'unknown',
    '_hidden',
    '1',
    '0x7f.1',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.5:port',
    '203.0.113.5:123456',
    '[203.0.113.5',
    '[[2001:db8::1]]',
    'for=203.0.113.5',
    'localhost',
    'a'.repeat(1000),
    `${'['.repeat(50_000)}`,
  ])
    it(`takes '${junk.slice(0, 20)}' (${junk.length}) for no address`, () =>
      expect(plainAddress(junk)).to.equal(undefined));
});
