import { expect } from 'chai';
import { openToken, signToken } from '../../src/base/signed-token.ts';

const key = Buffer.alloc(32, 1);
const now = new Date('2026-11-21T10:00:00Z');
const later = new Date(now.getTime() + 1000);

describe('signed tokens', () => {
  const token = signToken(key, 'session', 'payload ä', later);

  it('gives back what was signed until it expires', () => {
    expect(openToken(key, 'session', token, now)).to.equal('payload ä');
    expect(openToken(key, 'session', token, later)).to.equal(undefined);
  });

  it('is worth nothing for another purpose or under another key', () => {
    expect(openToken(key, 'form', token, now)).to.equal(undefined);
    expect(openToken(Buffer.alloc(32, 2), 'session', token, now)).to.equal(undefined);
  });

  it('notices any change to payload, expiry or signature', () => {
    for (let index = 0; index < token.length - 1; index += 1) {
      const forged = token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1);
      expect(openToken(key, 'session', forged, now), `position ${index}`).to.equal(undefined);
    }
    for (const broken of ['', '.', '..', `${token}.x`, token.split('.').slice(0, 2).join('.')])
      expect(openToken(key, 'session', broken, now)).to.equal(undefined);
  });
});
