import { mustChangeMailed } from '../user/forced-change.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { omit } from '../../base/omit.ts';
import type { Account, SentMessage } from '../records/account.ts';

/** Remembers where a password that was given goes, in the moment it goes: each attempt carries the same one. */
export function noteMailed(draft: UserDraft, sent: SentMessage): void {
  const { mailedTo = [] } = draft.account;
  const isKnown = mailedTo.some(({ delivery, to }) => delivery === sent.delivery && to === sent.to);
  if (!isKnown) draft.account = { ...draft.account, mailedTo: [sent, ...mailedTo].slice(0, mailsKept) };
}

/** More attempts than this at different addresses are never made. */
const mailsKept = 20;

/** Removes the user's password: it stops working, and counts as a former password. */
export function dropPassword(draft: UserDraft, { settings, now }: Rules): void {
  const { account } = draft;
  draft.account = {
    ...omit(account, 'passwordHash', 'sealedPassword', 'generatedPassword', 'mailedTo'),
    mailedPassword: false,
    sessionsValidFrom: now.toISOString(),
    passwordHistory: rememberedHashes(account, settings.passwords.history),
  };
}

/**
 * The hashes to remember once the present password is replaced: newest first, as many as the tenant's history asks
 * for.
 */
export function rememberedHashes(account: Account, kept: number): readonly string[] {
  return (
    account.passwordHash === undefined ? account.passwordHistory : [account.passwordHash, ...account.passwordHistory]
  ).slice(0, kept);
}

/** Puts a password that was generated for the user in force, when it is sent: all earlier sessions end. */
export function takeGenerated(draft: UserDraft, { settings, now }: Rules, hash: string, sent: SentMessage): void {
  const { account } = draft;
  // Of several passwords generated for one request only the last ever worked: the others do not count as former
  // passwords.
  const passwordHistory =
    account.mailedPassword === true ? account.passwordHistory : rememberedHashes(account, settings.passwords.history);
  const at = now.toISOString();
  draft.account = {
    ...account,
    passwordHash: hash,
    passwordHistory,
    mailedPassword: mustChangeMailed(draft.onboarding, settings),
    generatedPassword: true,
    mailedTo: [sent],
    sessionsValidFrom: at,
  };
  draft.onboarding.passwordChangedAt = at;
}
