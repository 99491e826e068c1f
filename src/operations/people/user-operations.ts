import type { InvitationMethod, Settings } from '../../config/settings.ts';
import type { AdminActions } from '../../provisioning/admin/admin-actions.ts';
import type { AdminActor } from '../../provisioning/admin/admin-records.ts';
import type { ActionPlan, AdminRehearsal } from '../../provisioning/admin/admin-rehearsal.ts';
import type { AddressOrder } from '../../provisioning/admin/correct-address.ts';
import type { NewUser } from '../../provisioning/admin/create-user.ts';
import type { PasswordOrder } from '../../provisioning/admin/reset-password.ts';
import { warningsOf } from '../../provisioning/admin/warnings.ts';
import type { OnboardingOverview } from '../../provisioning/first-key/onboarding-overview.ts';
import type { StoredRecord } from '../../provisioning/records/resource-store.ts';
import { operation, type Operation } from '../operation.ts';
import { readMoment } from '../read-moment.ts';

/** What the operations work with. */
export interface UserOperationsParts {
  readonly actions: AdminActions;
  readonly rehearsal: AdminRehearsal;
  readonly overview: Pick<OnboardingOverview, 'progress'>;
  readonly settingsOf: (tenant: string) => Settings;
}

type Rehearsed = { readonly dryRun?: boolean };

/**
 * What administrators do to one user. Each answers how far the user is then; with `dryRun` nothing is done, and the
 * answer tells in `plan` what would be.
 */
export function userOperations({
  actions,
  rehearsal,
  overview,
  settingsOf,
}: UserOperationsParts): Readonly<Record<string, Operation>> {
  /** How far the user is, with what the administrator should know about it. */
  const progressOf = (record: StoredRecord, more: readonly string[] = []) => {
    const progress = overview.progress(record);
    return { ...progress, warnings: [...warningsOf(progress, settingsOf(record.tenant)), ...more] };
  };
  const carryOut = async <Answer>(
    tenant: string,
    { dryRun }: Rehearsed,
    act: (actions: AdminActions) => Promise<Answer>,
  ): Promise<{ readonly answer: Answer; readonly plan?: ActionPlan }> =>
    dryRun === true ? rehearsal.rehearse(tenant, act) : { answer: await act(actions) };
  const onUser = <Body = unknown>(
    act: (actions: AdminActions, actor: AdminActor, userId: string, body: Body) => Promise<StoredRecord>,
  ): Operation =>
    operation<Body, Rehearsed>(async ({ actor, id, query, body }) => {
      const { answer, plan } = await carryOut(actor.tenant, query, (through) => act(through, actor, id, body));
      return { body: { ...progressOf(answer), plan } };
    });
  return {
    createUser: operation<NewUser, Rehearsed>(async ({ actor, body, query }) => {
      const { answer, plan } = await carryOut(actor.tenant, query, (through) => through.createUser(actor, body));
      const { resource, record, password, dropped } = answer;
      const unknown = dropped.map((name) => `user.${name}: no schema knows this attribute, so it was left out.`);
      const onboarding = progressOf(record, unknown);
      // The password of a dry run belongs to no user.
      if (plan !== undefined) return { body: { user: resource, onboarding, plan } };
      return { status: 201, body: { user: resource, onboarding, password } };
    }),
    inviteUser: onUser<{ method?: InvitationMethod } | undefined>((through, actor, id, body) =>
      through.invite(actor, id, body?.method),
    ),
    resend: onUser((through, actor, id) => through.resend(actor, id)),
    cancel: onUser((through, actor, id) => through.cancel(actor, id)),
    extend: onUser<{ expiresAt: string | null }>((through, actor, id, { expiresAt }) =>
      through.extend(
        actor,
        id,
        expiresAt === null ? null : readMoment('expiresAt', expiresAt, settingsOf(actor.tenant).timezone),
      ),
    ),
    unlock: onUser((through, actor, id) => through.unlock(actor, id)),
    verifyEmail: onUser((through, actor, id) => through.verifyEmail(actor, id)),
    correctAddress: onUser<AddressOrder>((through, actor, id, body) => through.correctAddress(actor, id, body)),
    deactivateUser: onUser((through, actor, id) => through.deactivate(actor, id)),
    reactivateUser: onUser((through, actor, id) => through.reactivate(actor, id)),
    restoreUser: onUser((through, actor, id) => through.restore(actor, id)),
    deleteUser: operation<unknown, Rehearsed>(async ({ actor, id, query }) => {
      const { plan } = await carryOut(actor.tenant, query, (through) => through.remove(actor, id));
      return { body: { id, plan } };
    }),
    resetPassword: operation<PasswordOrder, Rehearsed>(async ({ actor, id, body, query }) => {
      const { answer, plan } = await carryOut(actor.tenant, query, (through) => through.resetPassword(actor, id, body));
      const onboarding = progressOf(answer.record);
      return { body: plan === undefined ? { onboarding, password: answer.password } : { onboarding, plan } };
    }),
  };
}
