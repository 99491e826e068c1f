import type { Delivery } from '../notify/delivery/delivery.ts';
import type { Outbox } from '../notify/outbox/outbox.ts';
import type { InvitationMethod, Settings } from '../config/settings.ts';
import type { RequeueOrder } from '../provisioning/admin/requeue-deliveries.ts';
import type { NewUser } from '../provisioning/admin/create-user.ts';
import { warningsOf } from '../provisioning/admin/warnings.ts';
import type { AdminActions } from '../provisioning/admin/admin-actions.ts';
import type { AdminActor, AdminRecords } from '../provisioning/admin/admin-records.ts';
import { readOnboarding, type OnboardingStatus } from '../provisioning/user/latchkey-extension.ts';
import type { OnboardingOverview } from '../provisioning/first-key/onboarding-overview.ts';
import type { PasswordOrder } from '../provisioning/admin/reset-password.ts';
import type { StoredRecord } from '../provisioning/records/resource-store.ts';
import { operation, type Operation } from './operation.ts';
import { readMoment } from './read-moment.ts';
import { timelineOf, viewDelivery } from './delivery-view.ts';

type OnboardingQuery = {
  readonly status?: readonly OnboardingStatus[];
  readonly olderThanHours?: number;
  readonly startIndex: number;
  readonly count: number;
};
type DeliveriesQuery = { readonly state: Delivery['state']; readonly count: number; readonly before?: string };

/** What the operations work with. */
export interface AdminOperationsParts {
  readonly actions: AdminActions;
  readonly records: AdminRecords;
  readonly overview: OnboardingOverview;
  readonly settingsOf: (tenant: string) => Settings;
  readonly outbox: Pick<Outbox, 'ofUser' | 'inState'>;
}

/** Deliveries that one call looks at when it does not say how many. */
const requeuedAtOnce = 500;

/** Deliveries of one user shown at most. */
const timelineLength = 100;

/** What administrators see and do about people's keys. An action on a user answers how far that user is then. */
export function adminOperations({
  actions,
  records,
  overview,
  settingsOf,
  outbox,
}: AdminOperationsParts): Readonly<Record<string, Operation>> {
  const onUser = <Body = unknown>(
    act: (actor: AdminActor, userId: string, body: Body) => Promise<StoredRecord>,
  ): Operation => operation<Body>(async ({ actor, id, body }) => ({ body: progressOf(await act(actor, id, body)) }));
  /** How far the user is, with what the administrator should know about it. */
  const progressOf = (record: StoredRecord, more: readonly string[] = []) => {
    const progress = overview.progress(record);
    return { ...progress, warnings: [...warningsOf(progress, settingsOf(record.tenant)), ...more] };
  };
  return {
    createUser: operation<NewUser>(async ({ actor, body }) => {
      const { resource, record, password, dropped } = await actions.createUser(actor, body);
      const unknown = dropped.map((name) => `user.${name}: no schema knows this attribute, so it was left out.`);
      return { status: 201, body: { user: resource, onboarding: progressOf(record, unknown), password } };
    }),
    inviteUser: onUser<{ method?: InvitationMethod } | undefined>((actor, id, body) =>
      actions.invite(actor, id, body?.method),
    ),
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

    resend: onUser((actor, id) => actions.resend(actor, id)),
    cancel: onUser((actor, id) => actions.cancel(actor, id)),
    extend: onUser<{ expiresAt: string | null }>((actor, id, { expiresAt }) =>
      actions.extend(actor, id, expiresAt === null ? null : readMoment('expiresAt', expiresAt, 'UTC')),
    ),
    unlock: onUser((actor, id) => actions.unlock(actor, id)),
    verifyEmail: onUser((actor, id) => actions.verifyEmail(actor, id)),
    resetPassword: operation<PasswordOrder>(async ({ actor, id, body }) => {
      const { record, password } = await actions.resetPassword(actor, id, body);
      return { body: { onboarding: progressOf(record), password } };
    }),

    listDeliveries: operation<unknown, DeliveriesQuery>(async ({ actor, query: { state, count, before } }) => {
      const found = await outbox.inState(actor.tenant, state, count + 1, before);
      const page = found.slice(0, count);
      return { body: { deliveries: page.map(viewDelivery), next: found.length > count ? page.at(-1)?.id : undefined } };
    }),
    requeueDeliveries: operation<Omit<RequeueOrder, 'count'> & { readonly count?: number }>(
      async ({ actor, body }) => ({
        body: await actions.requeueAll(actor, { ...body, count: body.count ?? requeuedAtOnce }),
      }),
    ),
    requeueDelivery: operation(async ({ actor, id }) => ({ body: viewDelivery(await actions.requeue(actor, id)) })),
  };
}
