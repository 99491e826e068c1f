import { ConflictError, NotFoundError } from '../../scim/model/scim-error.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import type { ResourceTypes } from '../../scim/model/resource-type.ts';
import type { ResourceHandler } from '../../scim/port/resource-handler.ts';
import { originOfAdmin, type AdminActor } from './admin-records.ts';
import { contextOf } from './create-user.ts';
import { cancelPending } from '../first-key/first-key-request.ts';
import { draftOf, finishDraft, rulesOf, type ChangeUserParts } from '../user/change-user.ts';
import type { DeletedUsers } from '../records/deleted-users.ts';
import type { ResourceStore, StoredRecord } from '../records/resource-store.ts';

/** What restoring a user works with. */
export interface RestoreUserParts extends ChangeUserParts {
  readonly store: ResourceStore;
  readonly handler: Pick<ResourceHandler, 'patch'>;
  readonly deleted: Pick<DeletedUsers, 'find' | 'forget'>;
  readonly types: Pick<ResourceTypes, 'byName'>;
}

/**
 * Puts a deleted user back under the same id: profile, password and, where they still exist, the groups they were in.
 * What was pending is cancelled and their sessions have ended; they can be invited again.
 * @throws NotFoundError where no user was recently deleted under this id; ConflictError where the user exists;
 *   UniquenessError where another user has taken their name since
 */
export async function restoreUser(parts: RestoreUserParts, actor: AdminActor, id: string): Promise<StoredRecord> {
  const { deleted, store, writer, userType, types, handler } = parts;
  const { tenant } = actor;
  if ((await store.get(tenant, userType.name, id)) !== undefined)
    throw new ConflictError('The user exists: there is nothing to restore.');
  const found = await deleted.find(tenant, id);
  if (found === undefined)
    throw new NotFoundError(`Nobody with id "${id.slice(0, 100)}" was deleted within the last 30 days.`);
  const rules = rulesOf(tenant, parts);
  const draft = draftOf(found.record);
  cancelPending(draft, rules);
  draft.account = { ...draft.account, sessionsValidFrom: rules.now.toISOString() };
  const { userName } = draft.resource;
  draft.events.push({ type: 'user.restored', data: typeof userName === 'string' ? { userName } : {} });
  const restored = await writer.create(
    { tenant, type: userType, id },
    { ...finishDraft(draft, rules), created: found.record.created },
    { origin: originOfAdmin(actor) },
  );
  const groupType = types.byName('Group');
  if (groupType !== undefined)
    for (const group of found.groups) {
      const operation: PatchOperation = { op: 'add', path: 'members', value: [{ value: id }] };
      try {
        await handler.patch(contextOf(actor), groupType, group, [operation], {}, { members: false, groups: false });
      } catch (cause) {
        // A group that is gone by now has no members.
        if (!(cause instanceof NotFoundError)) throw cause;
      }
    }
  await deleted.forget(tenant, id);
  return restored;
}
