import { expect } from 'chai';
import { ofServedTenants } from '../../src/composition/served-tenants-addressee.ts';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import type { Tenant } from '../../src/tenancy/tenant.ts';
import { delivery } from '../contract/fixtures.ts';

describe('the people of tenants that are served', () => {
  const now = new Date('2026-03-01T10:00:00.000Z');
  const clock = { now: () => now, newId: () => 'id' };
  const prepared: string[] = [];
  const statusOf = new Map<string, Tenant['status']>([
    ['acme', 'active'],
    ['harbour', 'suspended'],
  ]);
  const addressee = ofServedTenants(
    {
      ensure: async () => undefined,
      find: (id) => (statusOf.has(id) ? ({ id, status: statusOf.get(id) } as Tenant) : undefined),
    },
    clock,
    {
      prepare: async ({ id }: Delivery) => {
        prepared.push(id);
        return { outcome: 'cancel', reason: 'asked' };
      },
      report: async () => undefined,
    },
  );
  beforeEach(() => prepared.splice(0));

  it('are asked, and no secret is minted for the others, though the message was leased before', async () => {
    expect(await addressee.prepare(delivery('d1', { tenant: 'acme' }))).to.deep.include({ reason: 'asked' });
    expect(await addressee.prepare(delivery('d2', { tenant: 'harbour' }))).to.deep.equal({
      outcome: 'hold',
      until: new Date('2026-03-01T10:01:00.000Z'),
      reason: 'the tenant is suspended',
    });
    expect(await addressee.prepare(delivery('d3', { tenant: 'gone' }))).to.deep.equal({
      outcome: 'cancel',
      reason: 'the tenant has been erased',
    });
    expect(prepared).to.deep.equal(['d1']);
  });

  it('are asked again once the tenant is resumed', async () => {
    statusOf.set('harbour', 'active');
    await addressee.prepare(delivery('d4', { tenant: 'harbour' }));
    expect(prepared).to.deep.equal(['d4']);
  });
});
