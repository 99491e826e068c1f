import { expect } from 'chai';
import { addressBlock } from '../../src/network/address-block.ts';

describe('the block that an address counts for', () => {
  it('is one IPv4 address, in either spelling', () => {
    expect(addressBlock('203.0.113.7')).to.equal('203.0.113.7');
    expect(addressBlock('::ffff:203.0.113.7')).to.equal('203.0.113.7');
    expect(addressBlock('203.0.113.8')).not.to.equal(addressBlock('203.0.113.7'));
  });

  it('is the /64 network of an IPv6 address', () => {
    expect(addressBlock('2001:db8:0:1::7')).to.equal('20010db800000001/64');
    expect(addressBlock('2001:db8:0:1:ffff:1:2:3')).to.equal(addressBlock('2001:0DB8:0:1::7'));
    expect(addressBlock('2001:db8:0:2::7')).not.to.equal(addressBlock('2001:db8:0:1::7'));
    expect(addressBlock('fe80::1%eth0')).to.equal(addressBlock('fe80::1'));
  });

  it('is the same whichever port is beside an address', () => {
    expect(addressBlock('203.0.113.7:1234')).to.equal('203.0.113.7');
    expect(addressBlock('[2001:db8:0:1::7]:80')).to.equal('20010db800000001/64');
  });

  it('is the beginning of what is not an address', () => {
    expect(addressBlock(' till 7 ')).to.equal('till 7');
    expect(addressBlock('x'.repeat(10_000))).to.have.length(100);
  });
});
