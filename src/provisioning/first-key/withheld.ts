import type { UserDraft, Rules } from '../user/user-draft.ts';
import { deliveryId } from '../../notify/delivery/delivery.ts';
import type { InvitationMethod } from '../../config/settings.ts';
import { addressFor, goesBySms, type KeyRequest, templateOf } from './key-address.ts';
import { noteMessage } from '../user/timeline.ts';
import { forgetAfterADay, isUndeliverable, withheldReply } from '../user/undeliverable.ts';

/** `noted`: the timeline tells of it. `known`: it has told so within the last minute, and nothing was changed. */
export type Withheld = 'noted' | 'known';

/**
 * Whether a request of the user is withheld because mail to their address came back within the last day; the timeline
 * then says so. Nothing has gone out, so it starts no cool-down.
 * @returns undefined where nothing is in its way
 */
export function withheld(
  draft: UserDraft,
  rules: Rules,
  kind: KeyRequest,
  method: InvitationMethod,
): Withheld | undefined {
  const address = addressFor(draft, rules, kind, method);
  draft.account = forgetAfterADay(draft.account, address, rules.now);
  if (address === undefined || !isUndeliverable(draft.account, address)) return undefined;
  return noteWithheld(draft, rules, kind, method, withheldReply);
}

/** The timeline says that a request was withheld, in one line for all of them, and once a minute at most. */
export function noteWithheld(
  draft: UserDraft,
  rules: Rules,
  kind: KeyRequest,
  method: InvitationMethod,
  reply: string,
): Withheld {
  const template = templateOf(kind, method);
  const at = rules.now.toISOString();
  const older = draft.onboarding.deliveries?.find((line) => line.state === 'withheld' && line.template === template);
  const last = Date.parse(older?.lastAt ?? older?.at ?? '');
  if (older?.reply === reply && rules.now.getTime() - last < 60_000) return 'known';
  const line = {
    channel: goesBySms(kind, method) ? 'sms' : 'email',
    template,
    state: 'withheld',
    attempts: 0,
    reply,
  } as const;
  noteMessage(
    draft.onboarding,
    older === undefined
      ? { ...line, id: deliveryId(rules.newId(), template), at }
      : { ...line, id: older.id, at: older.at, lastAt: at, count: (older.count ?? 1) + 1 },
  );
  return 'noted';
}
