import { expect } from 'chai';
import { warnOfCredentials } from '../../src/composition/credential-warnings.ts';
import { composeClients } from '../../src/composition/core/compose-clients.ts';
import type { Administrator } from '../../src/administrators/administrator.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { Tenant } from '../../src/tenancy/tenant.ts';
import { settings } from '../support/account-site.ts';
import { MemoryNotes } from '../support/memory-notes.ts';
import { MemoryOutbox } from '../support/memory-outbox.ts';

const day = 86_400_000;
const start = Date.parse('2031-03-01T08:00:00.000Z');

describe('warnings of credentials that end', () => {
  let now = start;
  let ids = 0;
  const clock = { now: () => new Date(now), newId: () => `id-${String((ids += 1)).padStart(4, '0')}` };

  function bench() {
    now = start;
    const notes = new MemoryNotes(clock.now);
    const outbox = new MemoryOutbox();
    const events: DomainEvent[] = [];
    const parts = composeClients(notes, clock);
    const hook = { id: 'crm', kind: 'http', url: 'https://x.example', secrets: [], events: ['credential.*'] };
    const people = [
      { id: 'o1', role: 'owner' },
      { id: 'a1', role: 'admin' },
      { id: 'o2', role: 'owner' },
    ] as unknown as readonly Administrator[];
    const append = async (more: readonly DomainEvent[]): Promise<void> => {
      events.push(...more);
    };
    const warn = () =>
      warnOfCredentials(
        {
          ...parts,
          clock,
          store: { notes, outbox, events: { append } } as never,
          tenants: { of: () => ({ sender: 'Keys <keys@acme.example>' }) as Tenant } as never,
          settingsOf: () => ({ ...settings, webhooks: [{ ...hook, attributes: [] }] }) as unknown as Settings,
          administrators: { list: async () => people },
          wake: () => undefined,
        },
        'default',
      );
    const told = async (userId: string) => (await outbox.ofUser('default', userId, 50)).map(({ data }) => data);
    return { ...parts, notes, outbox, events, warn, told };
  }
  const client = { tenant: 'default', name: 'Okta', profile: 'okta', scopes: ['scim:read'] } as const;
  const end = (days: number) => new Date(start + days * day).toISOString();

  it('are given 90, 30, 14, 7 days and one before, each once, to owners, webhooks and the audit', async () => {
    const { clients, warn, told, events } = bench();
    const made = (await clients.add(client))!;
    await clients.credentials.add({ tenant: 'default', client: made.id, kind: 'token', expiresAt: end(365) });
    const given: number[] = [];
    for (let left = 120; left >= -2; left -= 1) {
      now = start + (365 - left) * day;
      for (let look = 0; look < 3; look += 1) for (let n = await warn(); n > 0; n -= 1) given.push(left);
    }
    expect(given).to.deep.equal([90, 30, 14, 7, 1]);
    for (const owner of ['administrator:o1', 'administrator:o2']) {
      const days = (await told(owner)).map((data) => [data['notice'], data['client'], data['days']]);
      expect(days).to.have.deep.members([90, 30, 14, 7, 1].map((left) => ['credentialEnds', 'Okta', left]));
    }
    expect(await told('administrator:a1')).to.deep.equal([]);
    expect((await told('webhook:crm')).length).to.equal(5);
    expect(events.map(({ type, data }) => [type, data['days']])).to.deep.equal(
      [90, 30, 14, 7, 1].map((left) => ['credential.ending', left]),
    );
    expect(JSON.stringify(events)).not.to.include('lk_');
  });

  it('are one for a credential that is found late, none for one that lives shorter than the step', async () => {
    const { clients, warn, told } = bench();
    const made = (await clients.add(client))!;
    await clients.credentials.add({ tenant: 'default', client: made.id, kind: 'token', expiresAt: end(10) });
    now = start + day;
    expect(await warn(), 'ten days of life: the first step is seven').to.equal(0);
    now = start + 5 * day;
    expect(await warn()).to.equal(1);
    expect((await told('administrator:o1')).map(({ days }) => days)).to.deep.equal([5]);
  });

  it('are none of one that was withdrawn, or replaced and not used since', async () => {
    const { clients, credentialUses, warn } = bench();
    const made = (await clients.add(client))!;
    const draft = { tenant: 'default', client: made.id, kind: 'token' } as const;
    const old = (await clients.credentials.add({ ...draft, expiresAt: end(365) }))!;
    const withdrawn = (await clients.credentials.add({ ...draft, expiresAt: end(365) }))!;
    await clients.credentials.revoke('default', made.id, withdrawn.credential.id);
    now = start + 300 * day;
    await clients.credentials.rotate(old.credential, { ...draft, expiresAt: end(800) }, 7);
    expect(await warn()).to.equal(0);
    now += day;
    credentialUses.note({ tenant: 'default', client: made.id, id: old.credential.id }, () => '192.0.2.1');
    expect(await warn(), 'the source still calls with the old one').to.equal(1);
  });

  it('are repeated after a crash in the middle, without a second message', async () => {
    const { clients, notes, outbox, warn, told } = bench();
    const made = (await clients.add(client))!;
    await clients.credentials.add({ tenant: 'default', client: made.id, kind: 'token', expiresAt: end(365) });
    now = start + 364.5 * day;
    const put = notes.put.bind(notes);
    notes.put = async () => {
      throw new Error('killed');
    };
    expect(await warn().catch(({ message }: Error) => message)).to.equal('killed');
    notes.put = put;
    expect(await warn()).to.equal(1);
    expect(await told('administrator:o1')).to.have.length(1);
    expect((await outbox.counts()).queued).to.equal(3);
  });
});
