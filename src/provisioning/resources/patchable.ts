import { isJsonObject, type Json } from '../../base/json.ts';
import { inTurns } from '../../base/cooperative.ts';
import { omit } from '../../base/omit.ts';
import { patchSteps } from '../../scim/patch/apply-patch.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { latchkeyUrn, readOnboarding } from '../user/latchkey-extension.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { awaitsWord } from './switched.ts';

/**
 * A record as PATCH sees it: with its id, and with the `resend` last acted on, so that saying either again is already
 * true.
 */
export function patchable({ id, resource, account }: StoredRecord): Resource {
  const extension: Json | undefined = resource[latchkeyUrn];
  if (account?.resend === undefined) return { ...resource, id };
  return { ...resource, id, [latchkeyUrn]: { ...(isJsonObject(extension) ? extension : {}), resend: account.resend } };
}

type How = Parameters<typeof patchSteps>[3];

/** What of a PATCH is to be known beside what it leads to. */
export interface Said {
  /** It says `sendPassword: true`. */
  readonly sends: boolean;
  /** It says `active`, and the account is to know who has said so. */
  readonly saysActive: boolean;
}

/**
 * What a PATCH says itself: what it would say of a user without it.
 * @param patched what it leads to
 * @param client the id of who says it
 */
export async function saidInPatch(
  type: ResourceType,
  before: StoredRecord,
  operations: readonly PatchOperation[],
  how: How,
  { patched, client }: { readonly patched: Resource; readonly client: string },
): Promise<Said> {
  const resultOf = async (unsaid: Resource): Promise<Resource> =>
    (await inTurns(patchSteps(type, unsaid, operations, how))).resource;
  const base = patchable(before);
  const extension = before.resource[latchkeyUrn];
  const withoutSend = { ...base, [latchkeyUrn]: isJsonObject(extension) ? omit(extension, 'sendPassword') : {} };
  return {
    sends: typeof patched['password'] === 'string' && readOnboarding(await resultOf(withoutSend)).sendPassword === true,
    saysActive:
      awaitsWord(before.account, patched['active'], client)
      && typeof (await resultOf(omit(base, 'active')))['active'] === 'boolean',
  };
}
