import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { createOriginOf } from '../../src/caller/origin-of.ts';

const forwarded = {
  host: 'inside:8080',
  'x-forwarded-proto': 'https, http',
  'x-forwarded-host': 'scim.example, inside',
};

function from(remoteAddress: string | undefined, headers: Record<string, string>): IncomingMessage {
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

describe('The origin that a caller reaches', () => {
  it('is that of the connection where no proxy is trusted', () => {
    expect(createOriginOf([])(from('127.0.0.1', forwarded))).to.equal('http://inside:8080');
  });

  it('is what a trusted proxy says, by address or range, in IPv6 clothes too', () => {
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7']) {
      expect(createOriginOf(['10.0.0.0/8', '192.0.2.7'])(from(address, forwarded)), address).to.equal(
        'https://scim.example',
      );
    }
  });

  it('is not what anybody else says', () => {
    for (const address of ['11.1.2.3', '192.0.2.8', undefined]) {
      expect(createOriginOf(['10.0.0.0/8', '192.0.2.7'])(from(address, forwarded)), String(address)).to.equal(
        'http://inside:8080',
      );
    }
  });

  it('is that of the connection in what a trusted proxy leaves out', () => {
    expect(
      createOriginOf(['10.0.0.0/8'])(from('10.0.0.1', { host: 'scim.example', 'x-forwarded-proto': 'https' })),
    ).to.equal('https://scim.example');
    expect(createOriginOf(['10.0.0.0/8'])(from('10.0.0.1', { host: 'scim.example', 'x-forwarded-host': '' }))).to.equal(
      'http://scim.example',
    );
  });
});
