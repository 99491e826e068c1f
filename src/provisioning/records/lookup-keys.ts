import type { Account } from './account.ts';

/** The look-up key of a token. */
export function tokenKey(tokenHash: string): string {
  return `token:${tokenHash}`;
}

/** The look-up key of the number that a live code was texted to. */
export function phoneKey(phone: string): string {
  return `phone:${phone}`;
}

/** Every link that can still be asked about, live or past, and the number that a live code was texted to. */
export function invitationLookupKeys(account: Account | undefined): readonly string[] {
  if (account === undefined) return [];
  const { method, code } = account.invitation ?? {};
  const phone = method === 'smsOtp' ? code?.to : undefined;
  return [
    ...[account.invitation, ...account.pastInvitations].flatMap(
      (invitation) => invitation?.links.map(({ tokenHash }) => tokenKey(tokenHash)) ?? [],
    ),
    ...(phone === undefined ? [] : [phoneKey(phone)]),
  ];
}
