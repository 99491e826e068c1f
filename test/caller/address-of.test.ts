import { expect } from 'chai';
import { addressOf, createIsTrustedHop, visitorOf } from '../../src/caller/address-of.ts';

describe('the address that a request comes from', () => {
  const isTrusted = createIsTrustedHop(['127.0.0.1', '10.0.0.0/8']);
  const from = (forwarded: string | undefined, remoteAddress = '127.0.0.1') =>
    ({
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      socket: { remoteAddress },
    }) as Parameters<typeof addressOf>[0];
  const of = (forwarded: string | undefined, peer?: string) => addressOf(from(forwarded, peer), isTrusted);

  for (const [forwarded, address] of [
    ['203.0.113.5', '203.0.113.5'],
    ['203.0.113.5:1234', '203.0.113.5'],
    ['203.0.113.5:4321, 10.0.0.2:80', '203.0.113.5'],
    ['[2001:db8::1]:80', '2001:db8::1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['"203.0.113.5"', '203.0.113.5'],
    ['198.51.100.1, 203.0.113.5', '203.0.113.5'],
    ['203.0.113.5, ', '203.0.113.5'],
    ['', '127.0.0.1'],
    ['unknown', '127.0.0.1'],
    ['203.0.113.5, unknown', '127.0.0.1'],
    ['unknown, 10.0.0.2', '10.0.0.2'],
    ['x'.repeat(60_000), '127.0.0.1'],
    [`${'x'.repeat(60_000)}, 203.0.113.5`, '203.0.113.5'],
    [`${'203.0.113.9,'.repeat(5000)}203.0.113.5`, '203.0.113.5'],
  ] as const)
    it(`is ${address} where a trusted proxy writes ${forwarded.slice(0, 40)}`, () =>
      expect(of(forwarded)).to.equal(address));

  it('is the same whichever port a proxy appends, and however IPv4 is written', () => {
    const ports = Array.from({ length: 50 }, (_none, index) => of(`203.0.113.5:${1024 + index}`));
    expect(new Set([...ports, of('::ffff:203.0.113.5'), of('[::ffff:203.0.113.5]:1')])).to.deep.equal(
      new Set(['203.0.113.5']),
    );
    expect(of(undefined, '::ffff:203.0.113.5')).to.equal('203.0.113.5');
    expect(of('203.0.113.6:1', '::ffff:127.0.0.1')).to.equal('203.0.113.6');
  });

  it('is the peer itself where that is not a trusted proxy, and nothing where the connection is gone', () => {
    expect(of('203.0.113.5', '192.0.2.7')).to.equal('192.0.2.7');
    expect(addressOf({ headers: {}, socket: {} } as Parameters<typeof addressOf>[0], isTrusted)).to.equal('');
  });

  it('says what could not be read', () => {
    expect(visitorOf(from('unknown'), isTrusted)).to.deep.equal({ address: '127.0.0.1', unread: 'unknown' });
    expect(visitorOf(from('203.0.113.5:1'), isTrusted)).to.deep.equal({ address: '203.0.113.5' });
  });
});
