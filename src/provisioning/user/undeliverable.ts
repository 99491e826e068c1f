import { foldCase } from '../../scim/model/case-fold.ts';
import type { Account } from '../records/account.ts';

/** What the timeline says of a request of the user that nothing is sent for. */
export const withheldReply =
  'Asked, withheld: mail to this address came back, or was complained of. It is tried again a day after '
  + 'that, or at once after a resend by an administrator.';

/** What is said of a message that is not sent because of it. */
export const undeliverableReply = 'Mail to this address came back, or was complained of: nothing more is sent to it.';

/** How long a request of the user is withheld after mail to their address came back, in ms. */
const withheldMs = 86_400_000;

/**
 * The account as a request of its user finds it: an address that mail came back from a day ago, or longer, is tried
 * again.
 */
export function forgetAfterADay(account: Account, address: string | undefined, now: Date): Account {
  const folded = address === undefined ? undefined : foldCase(address);
  const entry = account.undeliverable?.find((one) => one.address === folded);
  return entry !== undefined && now.getTime() - Date.parse(entry.at) >= withheldMs
    ? forgetUndeliverable(account, address)
    : account;
}

/** Addresses remembered at most: the latest. */
const kept = 5;

/** True while nothing may be sent to this address. */
export function isUndeliverable({ undeliverable = [] }: Account, address: string): boolean {
  const folded = foldCase(address);
  return undeliverable.some((entry) => entry.address === folded);
}

/** The account, knowing that nothing more may be sent to this address. */
export function markUndeliverable(
  account: Account,
  address: string,
  reason: 'bounced' | 'complained',
  at: string,
): Account {
  const others = withoutAddress(account, address);
  return { ...account, undeliverable: [{ address: foldCase(address), reason, at }, ...others].slice(0, kept) };
}

/** The account with this address cleared: it is to be tried again, or has proved to work. */
export function forgetUndeliverable(account: Account, address: string | undefined): Account {
  if (address === undefined || !isUndeliverable(account, address)) return account;
  return { ...account, undeliverable: withoutAddress(account, address) };
}

function withoutAddress({ undeliverable = [] }: Account, address: string): NonNullable<Account['undeliverable']> {
  const folded = foldCase(address);
  return undeliverable.filter((entry) => entry.address !== folded);
}
