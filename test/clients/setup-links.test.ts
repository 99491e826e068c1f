import { expect } from 'chai';
import { composeClientAdmin, composeClients } from '../../src/composition/core/compose-clients.ts';
import { SetupLinks } from '../../src/clients/setup-links.ts';
import type { ScimError } from '../../src/scim/model/scim-error.ts';
import { MemoryNotes } from '../support/memory-notes.ts';
import { shippedTypes } from '../support/resource-types.ts';

const owner = { tenant: 'acme', name: 'Ines', rights: { scopes: ['scim:read', 'scim:write', 'admin'] } };
const dayMs = 86_400_000;

async function withClient(scopes: string[] = ['scim:read', 'scim:write']) {
  const time = { now: Date.parse('2026-11-30T10:00:00Z') };
  let ids = 0;
  const clock = { now: () => new Date(time.now), newId: () => `id-${++ids}` };
  const notes = new MemoryNotes(() => clock.now());
  const parts = composeClients(notes, clock);
  const admin = composeClientAdmin({
    ...parts,
    tenants: { of: () => ({ types: shippedTypes }) },
    clock,
    config: { webhookHosts: new Set<string>() },
    store: { resources: { get: async () => undefined } },
  });
  const client = await admin.create(owner, { name: 'Okta of Harbour', scopes });
  const links = new SetupLinks({ notes, clock, admin });
  return { time, notes, admin, client, links, callers: parts.callers };
}

const refusal = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 200,
    (error: ScimError) => error.status,
  );

describe('a set-up link', () => {
  it('opens its client and makes it a token that works', async () => {
    const { links, client, admin } = await withClient();
    const { token } = await links.make(owner, client.id);
    expect((await links.open('acme', token))?.client.id).to.equal(client.id);
    expect(await links.makeToken('acme', token)).to.match(/^lk_/);
    const [credential] = await admin.credentials(owner, client.id);
    expect(credential).to.include({ kind: 'token', createdBy: 'set-up link of Ines' });
    expect((await links.list(owner, client.id))[0]?.credentials).to.deep.equal([credential?.id]);
  });

  it('is kept as a hash alone', async () => {
    const { links, client, notes } = await withClient();
    const { token } = await links.make(owner, client.id);
    expect(JSON.stringify(await notes.list({ tenant: 'acme', kind: 'setupLink', limit: 10 }))).not.to.include(token);
  });

  it('ends with its time, by being revoked, and with its client', async () => {
    const { links, client, time, admin } = await withClient();
    const first = await links.make(owner, client.id, 1);
    time.now += dayMs;
    expect(await links.open('acme', first.token)).to.equal(undefined);
    expect(await links.makeToken('acme', first.token)).to.equal(undefined);
    const second = await links.make(owner, client.id);
    await links.revoke(owner, client.id, second.link.id);
    expect(await links.open('acme', second.token)).to.equal(undefined);
    expect(await refusal(links.revoke(owner, client.id, second.link.id))).to.equal(409);
    const third = await links.make(owner, client.id);
    await admin.remove(owner, client.id);
    expect(await links.open('acme', third.token)).to.equal(undefined);
    expect(await links.makeToken('acme', third.token)).to.equal(undefined);
  });

  it('opens nothing in another tenant, nor for any other text', async () => {
    const { links, client } = await withClient();
    const { token } = await links.make(owner, client.id);
    for (const [tenant, text] of [
      ['other', token],
      ['acme', ''],
      ['acme', `${token}x`],
      ['acme', token.slice(1)],
      ['acme', 'x'.repeat(100_000)],
    ] as const)
      expect(await links.open(tenant, text)).to.equal(undefined);
  });

  it('makes three tokens at most, however many are asked for at once', async () => {
    const { links, client, admin } = await withClient();
    const { token } = await links.make(owner, client.id);
    const answers = await Promise.all(Array.from({ length: 8 }, () => refusal(links.makeToken('acme', token))));
    expect(answers.filter((status) => status === 200)).to.have.length(3);
    expect(answers.filter((status) => status === 409)).to.have.length(5);
    expect(await admin.credentials(owner, client.id)).to.have.length(3);
  });

  it('is made for no client that may do more than provision, and opens none that may since', async () => {
    const more = await withClient(['scim:read', 'scim:write', 'admin']);
    expect(await refusal(more.links.make(owner, more.client.id))).to.equal(409);
    const { links, client, admin } = await withClient();
    const { token } = await links.make(owner, client.id);
    await admin.change(owner, client.id, { scopes: ['scim:read', 'scim:write', 'admin'] });
    expect(await links.open('acme', token)).to.equal(undefined);
    expect(await links.makeToken('acme', token)).to.equal(undefined);
  });

  it('lives a day to thirty days, and a client has ten at most', async () => {
    const { links, client } = await withClient();
    for (const days of [0, -1, 31, 1.5, Number.NaN])
      expect(await refusal(links.make(owner, client.id, days)), String(days)).to.equal(400);
    for (let more = 0; more < 10; more += 1) await links.make(owner, client.id);
    expect(await refusal(links.make(owner, client.id))).to.equal(409);
  });
});
