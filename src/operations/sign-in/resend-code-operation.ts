import type { AdminActions } from '../../provisioning/admin/admin-actions.ts';
import { NotFoundError } from '../../scim/model/scim-error.ts';
import type { ResourceStore } from '../../provisioning/records/resource-store.ts';
import { userNameKey } from '../../provisioning/user/user-name-key.ts';
import { operation, type Operation } from '../operation.ts';

type ResendCodeRequest = {
  readonly user: { readonly username?: string; readonly userName?: string; readonly realm?: string };
  readonly properties?: readonly { readonly key: string; readonly value: string }[];
};

/**
 * `resend-code` as WSO2 Identity Server has it, so that scripts written for that server keep working. Whatever
 * RecoveryScenario the caller names, the user's pending message is sent again: an invitation, a recovery, a
 * verification or a password mail.
 */
export function resendCodeOperation(
  store: Pick<ResourceStore, 'findByKey'>,
  actions: Pick<AdminActions, 'resend'>,
): Operation {
  return operation<ResendCodeRequest>(async ({ actor, body: { user } }) => {
    const userName = withoutRealm(user.username ?? user.userName ?? '', user.realm);
    const record = await store.findByKey(actor.tenant, 'User', userNameKey(userName));
    if (record === undefined) throw new NotFoundError('user.username: there is no user of this name.');
    await actions.resend(actor, record.id);
    return { status: 201, body: { message: 'The message is on its way.' } };
  });
}

/** That server puts the user store in front of the name: `PRIMARY/ines`. */
function withoutRealm(userName: string, realm: string | undefined): string {
  const prefix = `${realm ?? 'PRIMARY'}/`.toLowerCase();
  return userName.toLowerCase().startsWith(prefix) ? userName.slice(prefix.length) : userName;
}
