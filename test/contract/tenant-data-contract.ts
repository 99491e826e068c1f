import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import type { StoredRecord } from '../../src/provisioning/records/resource-store.ts';
import type { Store } from '../../src/store/store.ts';

const at = '2026-03-01T08:00:00.000Z';

/** What is kept of a tenant as a whole. */
export function tenantDataContract(store: () => Store): void {
  describe('the data of a tenant', () => {
    /** Fills a tenant: the same ids and names in each. */
    async function fill(tenant: string): Promise<void> {
      const { resources, outbox, mailbox, requests, notes } = store();
      const event: DomainEvent = {
        id: `${tenant}-e1`,
        type: 'user.created',
        at,
        tenant,
        resourceType: 'User',
        resourceId: 'u1',
        version: 1,
        triggeredBy: 'system',
        data: {},
      };
      const record = (type: string, id: string): StoredRecord => ({
        tenant,
        type,
        id,
        version: 1,
        created: at,
        lastModified: at,
        resource: { userName: 'ines' },
      });
      for (const [type, id] of [
        ['User', 'u1'],
        ['Group', 'g1'],
      ] as const)
        await resources.commit({
          kind: 'put',
          record: record(type, id),
          expectedVersion: 0,
          search: { id, emails: [{ value: 'ines@acme.example' }] },
          uniqueKeys: [`${type} ines`],
          lookupKeys: ['look'],
          events: type === 'User' ? [event] : [],
          ...(type === 'Group'
            ? { members: { clear: false, add: [{ value: 'u1', type: 'User' as const }], remove: [] } }
            : {}),
        });
      const delivery: Delivery = {
        id: `${tenant}-d1`,
        tenant,
        channel: 'email',
        template: 'invitation',
        userId: 'u1',
        eventId: event.id,
        data: {},
        state: 'queued',
        createdAt: at,
        notBefore: at,
        attempts: 0,
        messageId: `<${tenant}@mail.example>`,
        reported: true,
      };
      await outbox.settleEvents([], [delivery]);
      await mailbox.put({ tenant, id: 'm1', at, to: 'ines@acme.example', subject: '', text: '', html: '' });
      await requests.append([
        { id: 'r1', tenant, at, method: 'GET', path: '/Users', status: 200, ms: 1, outcome: 'read' },
      ]);
      await notes.put({ tenant, kind: 'client', key: 'c1', value: {}, lookups: [`${tenant} c1`] }, 0);
    }

    async function countsOf(tenant: string): Promise<object> {
      const { resources, outbox, mailbox, requests, notes } = store();
      const members: string[] = [];
      for await (const page of resources.members(tenant, 'g1')) members.push(...page.map(({ value }) => value));
      return {
        user: (await resources.get(tenant, 'User', 'u1')) !== undefined,
        byKey: (await resources.findByKey(tenant, 'User', 'look')) !== undefined,
        members: members.length,
        events: (await outbox.pendingEvents(100)).filter((event) => event.tenant === tenant).length,
        deliveries: (await outbox.ofUser(tenant, 'u1', 10)).length,
        mails: (await mailbox.list(tenant, 10)).length,
        requests: (await requests.list({ tenant, count: 10 })).entries.length,
        notes: (await notes.list({ tenant, kind: 'client', limit: 10 })).length,
        lookedUp: (await notes.lookUp('client', `${tenant} c1`)) !== undefined,
      };
    }

    it('is erased, with the keys of its names; that of others stays; to repeat it does no harm', async () => {
      for (const tenant of ['acme', 'acme-2', 'acm']) await fill(tenant);
      const full = await countsOf('acme-2');
      expect(full).to.include({ user: true, byKey: true, members: 1, events: 1, deliveries: 1, mails: 1, notes: 1 });
      await store().tenantData.erase('acme');
      expect(await countsOf('acme')).to.deep.equal({
        user: false,
        byKey: false,
        members: 0,
        events: 0,
        deliveries: 0,
        mails: 0,
        requests: 0,
        notes: 0,
        lookedUp: false,
      });
      for (const tenant of ['acme-2', 'acm']) expect(await countsOf(tenant), tenant).to.deep.equal(full);
      await store().tenantData.erase('acme');
      await fill('acme');
      expect(await countsOf('acme')).to.deep.equal(full);
    });
  });
}
