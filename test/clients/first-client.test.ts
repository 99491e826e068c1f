import { expect } from 'chai';
import { allScopes } from '../../src/domain/client.ts';
import { ensureFirstClient } from '../../src/clients/first-client.ts';
import { composeClients } from '../../src/composition/core/compose-clients.ts';
import { MemoryNotes } from '../support/memory-notes.ts';

const [oneToken, otherToken] = [
  'a-token-of-more-than-thirty-two-characters',
  'another-one-of-more-than-thirty-two-chars',
];

describe('the first client', () => {
  let warnings: string[] = [];
  let notes = new MemoryNotes();
  const clock = { now: () => new Date('2036-03-01T08:00:00.000Z'), newId: () => `id-${++ids}` };
  let ids = 0;
  const parts = () => composeClients(notes, clock);
  const start = (token?: string) =>
    ensureFirstClient(
      { ...parts(), notes, log: { warn: (...said: unknown[]) => warnings.push(String(said.at(-1))) } },
      'default',
      token,
    );
  const add = (name: string) =>
    parts().clients.add({ tenant: 'default', name, profile: 'okta', scopes: ['scim:read'] });

  beforeEach(() => {
    notes = new MemoryNotes();
    warnings = [];
  });

  it('gets a token at the very first start, with every right, no end and no limit', async () => {
    const token = await start();
    expect(token).to.match(/^lk_/);
    const found = await parts().callers.find(token!);
    expect(found?.client)
      .to.include({ name: 'first', callsPerSecond: null, guard: null })
      .and.deep.include({ scopes: allScopes });
    expect(found?.credential).not.to.have.property('expiresAt');
    expect(await start()).to.equal(undefined);
  });

  it('gets its token although `clients add` ran before the first start', async () => {
    await add('okta');
    expect(await start()).to.match(/^lk_/);
    expect(await start()).to.equal(undefined);
  });

  it('of several processes that start together one makes the token', async () => {
    const made = await Promise.all([start(), start(), start()]);
    expect(made.filter((token) => token !== undefined)).to.have.length(1);
  });

  it('has the token of the environment; the next one takes its place, and the earlier may come back', async () => {
    for (const token of [oneToken, otherToken, oneToken]) {
      expect(await start(token)).to.equal(undefined);
      const other = token === oneToken ? otherToken : oneToken;
      expect((await parts().callers.find(token))?.client).to.deep.include({ id: 'environment', scopes: allScopes });
      expect(await parts().callers.find(other)).to.equal(undefined);
    }
    expect(await parts().clients.list('default')).to.have.length(1);
    expect(await start()).to.equal(undefined);
  });

  it('does not get back a token that was revoked, and says so', async () => {
    await start(oneToken);
    const { clients, callers } = parts();
    const { credential } = (await callers.find(oneToken))!;
    await clients.credentials.revoke('default', 'environment', credential.id);
    await start(oneToken);
    expect((await callers.find(oneToken))?.credential).to.have.property('revokedAt');
    expect(warnings).to.deep.equal(['LATCHKEY_TOKEN was revoked and stays so: set another, of at least 32 characters']);
    await start(otherToken);
    expect((await callers.find(otherToken))?.credential).not.to.have.property('revokedAt');
    expect((await callers.find(oneToken))?.credential).to.have.property('revokedAt');
  });

  it('gets no rights through a token of another client', async () => {
    const okta = await add('okta');
    const token = { tenant: 'default', client: okta!.id, kind: 'token', value: oneToken } as const;
    await parts().clients.credentials.add(token);
    await start(oneToken);
    expect((await parts().callers.find(oneToken))?.client).to.deep.include({ name: 'okta', scopes: ['scim:read'] });
    expect(warnings).to.have.length(1);
  });
});
