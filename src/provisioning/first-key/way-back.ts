import { deliveryId, type TemplateName } from '../../notify/delivery/delivery.ts';
import type { InvitationMethod } from '../../config/settings.ts';
import type { EventType } from '../../domain/events.ts';
import type { Invitation } from '../records/account.ts';
import { hasArrived } from '../user/arrival.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import { noteMessage } from '../user/timeline.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { applicationOf, domainOf, pendingRequest, requestKey } from './first-key-request.ts';
import { invitationOfToken, leadsToFirstKey, linkOf, purposeOfLink, sentFor, usableInvitation } from './invitations.ts';
import { addressFor, goesBySms, type KeyRequest, methodOf, templateOf } from './key-address.ts';
import { noteWithheld, withheld } from './withheld.ts';

/** `noted`: nothing was sent, and the timeline says that they asked. `nothing`: nothing is to be written. */
type Outcome = 'sent' | 'noted' | 'nothing';

/** Messages to one person in a day that anybody can ask for in their name. */
const dailyMessages = 5;
const dayMs = 86_400_000;

const neverGrantedReply =
  'Asked, withheld: this user has never had a password, and no invitation is open. Invite them, so that they can set '
  + 'one.';

/**
 * Sends a user who asks (or a stranger in their name) a way in: a link or a code, never a password. What was sent
 * before stays good until this is used: an open invitation gets another message of its own. At most 5 a day. Who has
 * never had a password, and is not invited, gets nothing.
 * @param lost what the link was for that its holder wants another of; left out: they have none
 * @returns false where nothing is to be written
 */
export function sendWayBack(draft: UserDraft, rules: Rules, lost?: Invitation['purpose']): boolean {
  const recent = recentMessages(draft, rules);
  if (recent.length >= dailyMessages) return false;
  const outcome = isGranted(draft)
    ? (addToOpen(draft, rules, lost) ?? request(draft, rules, lost))
    : refuse(draft, rules);
  if (outcome !== 'sent') return outcome === 'noted';
  draft.account = { ...draft.account, selfService: [...recent, rules.now.toISOString()] };
  return true;
}

/**
 * Sends the holder of a link another message for what it was for.
 * @returns false where nothing is to be written
 */
export function renewLink(draft: UserDraft, rules: Rules, tokenHash: string): boolean {
  const invitation = invitationOfToken(draft.account, tokenHash);
  const link = invitation === undefined ? undefined : linkOf(invitation, tokenHash);
  if (invitation === undefined || link === undefined) return false;
  const lost = purposeOfLink(link, invitation);
  // A password that was shown can have been missed; nothing else is left of a link that was used.
  if (invitation.state === 'used' && lost !== 'reveal') return false;
  return sendWayBack(draft, rules, lost);
}

/**
 * Whether there is a key to come back to, or a first one on its way. A first key that was called off, or that nobody
 * has asked for, is not had by asking: to read a user's mail is not enough for that.
 */
function isGranted({ account, onboarding }: UserDraft): boolean {
  if (hasArrived(onboarding, account) || isUnderWay(onboarding)) return true;
  const { invitation, passwordMail, passwordHash, keepsPassword, mailedPassword } = account;
  if (passwordMail !== undefined || (invitation !== undefined && leadsToFirstKey(invitation))) return true;
  // A client's placeholder, which an invited user was never to sign in with, is not a key of theirs.
  const isTheirs = onboarding.preRegistration !== true || keepsPassword === true || mailedPassword === true;
  return passwordHash !== undefined && isTheirs;
}

function refuse(draft: UserDraft, rules: Rules): Outcome {
  const noted = noteWithheld(draft, rules, 'recovery', methodOf(draft.onboarding, rules.settings), neverGrantedReply);
  return noted === 'noted' ? 'noted' : 'nothing';
}

function recentMessages({ account: { selfService = [] } }: UserDraft, { now }: Rules): readonly string[] {
  const since = new Date(now.getTime() - dayMs).toISOString();
  return selfService.filter((at) => at > since).slice(-dailyMessages);
}

/** @returns undefined where nothing is open that a message could be added to */
function addToOpen(draft: UserDraft, rules: Rules, lost: Invitation['purpose'] | undefined): Outcome | undefined {
  const open = usableInvitation(draft.account, rules.now);
  if (open === undefined) return undefined;
  const { status } = draft.onboarding;
  // It is on its way already.
  if (leadsToFirstKey(open) && (status === 'queued' || status === 'held')) return 'nothing';
  return sentFor(open).length === 0 ? undefined : sendFurther(draft, rules, open, lost);
}

/**
 * Another message of what is open. Of the proof of an address, and of a link that shows a password, it is a link or
 * code that may set one: the holder of a link to a password alone gets another of the kind.
 */
function sendFurther(
  draft: UserDraft,
  rules: Rules,
  open: Invitation,
  lost: Invitation['purpose'] | undefined,
): Outcome {
  const { kind, method, template, type } = furtherMessage(draft, rules, open, lost);
  const address = addressFor(draft, rules, kind, method);
  if (address === undefined) return 'nothing';
  const kept = withheld(draft, rules, kind, method);
  if (kept !== undefined) return kept === 'noted' ? 'noted' : 'nothing';
  const at = rules.now.toISOString();
  const id = rules.newId();
  noteMessage(draft.onboarding, {
    id: deliveryId(id, template),
    channel: goesBySms(kind, method) ? 'sms' : 'email',
    template,
    attempts: 0,
    state: 'queued',
    at,
    queuedAt: at,
  });
  draft.events.push({
    id,
    type,
    data: {
      invitation: open.id,
      ...(template === 'passwordReveal'
        ? { reveal: true, generated: draft.account.sealedPassword === undefined }
        : { method }),
      ...domainOf(address),
      ...applicationOf(draft.onboarding),
    },
  });
  return 'sent';
}

function furtherMessage(
  { onboarding }: UserDraft,
  { settings }: Rules,
  { purpose, method }: Invitation,
  lost: Invitation['purpose'] | undefined,
): { kind: KeyRequest; method: InvitationMethod; template: TemplateName; type: EventType } {
  switch (purpose) {
    case 'invitation':
      return { kind: purpose, method, template: templateOf(purpose, method), type: 'invitation.requested' };
    case 'recovery':
      return { kind: purpose, method, template: templateOf(purpose, method), type: 'recovery.requested' };
    case 'reveal':
    case 'verifyEmail': {
      if (lost === 'reveal' && purpose === 'reveal')
        return { kind: 'passwordMail', method, template: 'passwordReveal', type: 'passwordMail.requested' };
      // By mail, as what is open: a text message's code would live as long as that.
      const wished = methodOf(onboarding, settings);
      const own = wished === 'smsOtp' ? 'emailLink' : wished;
      return { kind: 'recovery', method: own, template: templateOf('recovery', own), type: 'recovery.requested' };
    }
  }
}

function request(draft: UserDraft, rules: Rules, lost: Invitation['purpose'] | undefined): Outcome {
  const kind = kindOf(draft, rules, lost);
  const kept = withheld(draft, rules, kind, methodOf(draft.onboarding, rules.settings));
  if (kept !== undefined) return kept === 'noted' ? 'noted' : 'nothing';
  requestKey(draft, rules, kind);
  return 'sent';
}

function kindOf(draft: UserDraft, { settings }: Rules, lost: Invitation['purpose'] | undefined): KeyRequest {
  const pending = pendingRequest(draft);
  // The link to a password makes another one only when it is shown.
  if (lost === 'reveal' && pending === 'passwordMail' && settings.onboarding.mailedPassword === 'reveal')
    return pending;
  return isUnderWay(draft.onboarding) && pending === 'invitation' ? pending : 'recovery';
}
