import type { BrowserGrant } from '../domain/browser-grant.ts';
import type { Administrator } from './administrator.ts';
import type { ConsoleSession } from './console-sessions.ts';

/** What a browser is given in which an administrator has signed in: it is known until their password changes. */
export function browserGrant({
  administrator,
  session,
}: {
  readonly administrator: Administrator;
  readonly session: ConsoleSession;
}): BrowserGrant {
  return { ownerId: administrator.id, id: session.id, validFrom: markOf(administrator) };
}

/** The id of the browser, where one of its grants is this account's as it is now. */
export function knownBrowser(
  administrator: Administrator | undefined,
  grants: readonly BrowserGrant[],
): string | undefined {
  if (administrator === undefined) return undefined;
  const mark = markOf(administrator);
  return grants.find(({ ownerId, validFrom }) => ownerId === administrator.id && validFrom === mark)?.id;
}

/** Another after each change of the password; empty where there is none. */
export function markOf({ passwordChangedAt }: Pick<Administrator, 'passwordChangedAt'>): string {
  return passwordChangedAt ?? '';
}
