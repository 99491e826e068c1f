import type { Clock } from '../base/clock.ts';
import type { Addressee } from '../notify/delivery/addressee.ts';
import type { Tenants } from '../tenancy/tenants.ts';

/** What a suspended tenant has waiting is looked at again after so long; resuming it wakes the workers. */
const suspendedMs = 60_000;

/**
 * Nothing is sent for a tenant that is suspended, though it was leased before; nothing at all for one that was erased
 * meanwhile.
 */
export function ofServedTenants(
  tenants: Pick<Tenants, 'ensure' | 'find'>,
  clock: Clock,
  addressee: Addressee,
): Addressee {
  return {
    ...addressee,
    prepare: async (delivery) => {
      await tenants.ensure([delivery.tenant]);
      const tenant = tenants.find(delivery.tenant);
      if (tenant === undefined) return { outcome: 'cancel', reason: 'the tenant has been erased' };
      if (tenant.status === 'active') return addressee.prepare(delivery);
      const until = new Date(clock.now().getTime() + suspendedMs);
      return { outcome: 'hold', until, reason: 'the tenant is suspended' };
    },
    report: async (delivery) => {
      // Of an erased tenant there is nobody left to be told.
      if (tenants.find(delivery.tenant) !== undefined) await addressee.report(delivery);
    },
  };
}
