import { isJsonObject, type Json } from '../../base/json.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { latchkeyUrn } from '../user/latchkey-extension.ts';
import type { StoredRecord } from '../records/resource-store.ts';

/**
 * A record as PATCH sees it: with its id, and with the `resend` last acted on, so that saying either again is already
 * true.
 */
export function patchable({ id, resource, account }: StoredRecord): Resource {
  const extension: Json | undefined = resource[latchkeyUrn];
  if (account?.resend === undefined) return { ...resource, id };
  return { ...resource, id, [latchkeyUrn]: { ...(isJsonObject(extension) ? extension : {}), resend: account.resend } };
}
