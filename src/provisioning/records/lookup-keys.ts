import type { Account } from './account.ts';

/** The look-up key of a token. */
export function tokenKey(tokenHash: string): string {
  return `token:${tokenHash}`;
}

/** Every link that can still be asked about, live or past. */
export function invitationLookupKeys(account: Account | undefined): readonly string[] {
  if (account === undefined) return [];
  return [account.invitation, ...account.pastInvitations].flatMap(
    (invitation) => invitation?.links.map(({ tokenHash }) => tokenKey(tokenHash)) ?? [],
  );
}
