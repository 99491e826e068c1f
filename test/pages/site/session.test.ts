import type { Request, Response } from 'express';
import { expect } from 'chai';
import { Sessions } from '../../../src/pages/site/session.ts';

const sessions = new Sessions({
  signingKeys: () => [Buffer.alloc(32, 1)],
  tenant: 'default',
  clock: { now: () => new Date('2026-11-21T10:00:00Z'), newId: () => 'id' },
  path: '/',
  secure: true,
});
const read = (cookie: string) => sessions.read({ headers: { cookie } } as Request)?.userId;

/** What a browser sends once a session has begun. */
function begun(): { readonly name: string; readonly token: string } {
  const set: string[] = [];
  sessions.begin({ cookie: (...parts: string[]) => set.push(...parts.slice(0, 2)) } as unknown as Response, {
    tenant: 'default',
    userId: 'u1',
    grant: { id: 's1', signedInAt: '2026-11-21T10:00:00.000Z', validFrom: '' },
    previousSignInAt: undefined,
  });
  return { name: set[0] ?? '', token: set[1] ?? '' };
}

describe('the cookie of a session', () => {
  const { name, token } = begun();

  it('is found among others', () => {
    expect(read(`${name}=${token}`)).to.equal('u1');
    expect(read(`a=b; ${name}x=c;${name}=${token} ;`)).to.equal('u1');
    expect(read(`${'a=b; '.repeat(10_000)}${name}=${token}`)).to.equal('u1');
    expect(['', ';', name, `${name}=`, `x${name}=${token}`].map(read)).to.deep.equal([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('may stand behind others of its name that are worth nothing, but no more than three are checked', () => {
    expect(read(`${`${name}=a.b.c; `.repeat(3)}${name}=${token}`)).to.equal('u1');
    expect(read(`${`${name}=a.b.c; `.repeat(2000)}${name}=${token}`)).to.equal(undefined);
  });

  it('is passed over where it is longer than any of ours', () => {
    expect(read(`${name}=${'a.'.repeat(30_000)}; ${name}=${token}`)).to.equal('u1');
  });
});
