import type { Outbox } from '../../notify/outbox/outbox.ts';
import type { RequeueOrder } from '../../provisioning/admin/requeue-deliveries.ts';
import type { AdminActions } from '../../provisioning/admin/admin-actions.ts';
import type { AdminRecords } from '../../provisioning/admin/admin-records.ts';
import { readOnboarding, type OnboardingStatus } from '../../provisioning/user/latchkey-extension.ts';
import type { OnboardingOverview } from '../../provisioning/first-key/onboarding-overview.ts';
import { operation, type Operation } from '../operation.ts';
import { timelineOf, viewDelivery } from '../messages/delivery-view.ts';

type OnboardingQuery = {
  readonly status?: readonly OnboardingStatus[];
  readonly olderThanHours?: number;
  readonly startIndex: number;
  readonly count: number;
};

/** What the operations work with. */
export interface AdminOperationsParts {
  readonly actions: AdminActions;
  readonly records: AdminRecords;
  readonly overview: OnboardingOverview;
  readonly outbox: Pick<Outbox, 'ofUser'>;
}

/** Deliveries that one call looks at when it does not say how many. */
const requeuedAtOnce = 500;

/** Deliveries of one user shown at most. */
const timelineLength = 100;

/** What administrators see of people's keys and of deliveries, and what they do about deliveries. */
export function adminOperations({
  actions,
  records,
  overview,
  outbox,
}: AdminOperationsParts): Readonly<Record<string, Operation>> {
  return {
    listOnboarding: operation<unknown, OnboardingQuery>(async ({ actor, query }) => {
      const { total, users } = await overview.waiting(actor.tenant, query);
      return { body: { totalResults: total, startIndex: query.startIndex, itemsPerPage: users.length, users } };
    }),
    getOnboarding: operation(async ({ actor, id }) => {
      const record = await records.read(actor.tenant, id);
      const deliveries = timelineOf(
        id,
        await outbox.ofUser(actor.tenant, id, timelineLength),
        readOnboarding(record.resource).deliveries ?? [],
      );
      return { body: { ...overview.progress(record), deliveries } };
    }),

    requeueDeliveries: operation<Omit<RequeueOrder, 'count'> & { readonly count?: number }>(
      async ({ actor, body }) => ({
        body: await actions.requeueAll(actor, { ...body, count: body.count ?? requeuedAtOnce }),
      }),
    ),
    requeueDelivery: operation(async ({ actor, id }) => ({ body: viewDelivery(await actions.requeue(actor, id)) })),
  };
}
