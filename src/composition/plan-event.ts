import type { DomainEvent } from '../domain/events.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import { planDeliveries } from '../notify/delivery/plan.ts';
import { senderDomain } from '../notify/mail/sender-domain.ts';
import { planWebhooks } from '../webhooks/plan-webhooks.ts';
import type { Core } from './core/core.ts';

/** Makes what says which deliveries an event asks for, to people and to webhooks. Pure: it may be asked twice. */
export function createPlanEvent({ tenants }: Pick<Core, 'tenants'>): (event: DomainEvent) => readonly Delivery[] {
  return (event) => {
    const tenant = tenants.find(event.tenant);
    // Erased meanwhile: there is nobody to be told.
    if (tenant === undefined) return [];
    return [...planDeliveries(event, senderDomain(tenant.sender)), ...planWebhooks(event, tenant.settings.webhooks)];
  };
}

/** Events that change deliveries which are filed already. */
const changeOthers: ReadonlySet<DomainEvent['type']> = new Set(['deliveries.cancelled', 'delivery.requeued']);

/** Makes what says whether the relay has anything to do for an event. */
export function createAsksFor(core: Pick<Core, 'tenants'>): (event: DomainEvent) => boolean {
  const plan = createPlanEvent(core);
  return (event) => changeOthers.has(event.type) || plan(event).length > 0;
}
