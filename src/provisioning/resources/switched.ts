import type { Json } from '../../base/json.ts';
import { omit } from '../../base/omit.ts';
import type { RequestContext } from '../../scim/port/resource-handler.ts';
import type { Account, Switched } from '../records/account.ts';

/** Clients of which it is known that they said so. */
const mostKnown = 20;

/** Who says it. */
interface Speaker {
  readonly client: string;
  readonly request: string;
}

/** Whose word a write is: an import's and a job's is their own, whoever began them. */
export function speakerOf({ actor, client, requestId, triggeredBy }: RequestContext): Speaker {
  const isJob = triggeredBy !== 'scim' && requestId.startsWith('bulk-');
  return { client: actor?.kind === 'import' ? actor.id : isJob ? requestId : client.id, request: requestId };
}

/** Whether a write that says the `active` that is there already is the first word of this client on it. */
export function awaitsWord(account: Account | undefined, active: Json | undefined, client: string): boolean {
  const { switched } = account ?? {};
  return switched !== undefined && switched.active === active && !switched.by.some((one) => one.client === client);
}

/**
 * The account with who switched the user on or off, and who has said the same since: their word outlasts what takes
 * the first one's back. A user who was never switched needs none of it.
 * @param before `active` as it was; undefined for a create
 * @param says whether the write itself says `active`
 */
export function noteSwitch(
  account: Account,
  before: Json | undefined,
  active: Json | undefined,
  { says, by }: { readonly says: boolean; readonly by: Speaker },
): Account {
  if (typeof active !== 'boolean') return account;
  const isSwitched = before === undefined ? !active : before !== active;
  if (isSwitched) return { ...account, switched: { active, by: [by] } };
  if (account.switched !== undefined && account.switched.active !== active) return omit(account, 'switched');
  if (!says || !awaitsWord(account, active, by.client)) return account;
  const others = (account.switched as Switched).by;
  return { ...account, switched: { active, by: [...others.slice(0, mostKnown - 1), by] } };
}

/**
 * Whether somebody else has said the same since some requests switched the user on or off.
 * @param isOurs tells the ids of those requests
 */
export function othersSaidSo(account: Account | undefined, isOurs: (request: string) => boolean): boolean {
  return account?.switched?.by.some(({ request }) => !isOurs(request)) ?? false;
}
