import { deliveryId, type TemplateName } from '../../notify/delivery/delivery.ts';
import type { InvitationMethod } from '../../config/settings.ts';
import type { EventType } from '../../domain/events.ts';
import type { Invitation } from '../records/account.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import { noteMessage } from '../user/timeline.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { applicationOf, domainOf, isWithheld, pendingRequest, requestKey, templateOf } from './first-key-request.ts';
import { leadsToFirstKey, sentFor, usableInvitation } from './invitations.ts';
import { addressFor, goesBySms, type KeyRequest, methodOf } from './key-address.ts';

/** `withheld`: mail to the address came back within the last day, and the timeline says that they asked. */
type Outcome = 'sent' | 'withheld' | 'nothing';

/** Messages to one person in a day that anybody can ask for in their name. */
const dailyMessages = 5;
const dayMs = 86_400_000;

/**
 * Sends a user who asks (or a stranger in their name) a way in: a link or a code, never a password. What was sent
 * before stays good until this is used: an open invitation gets another message of its own. At most 5 a day.
 * @param lost what the link was for that its holder wants another of; left out: they have none
 * @returns false where nothing is to be written
 */
export function sendWayBack(draft: UserDraft, rules: Rules, lost?: Invitation['purpose']): boolean {
  const recent = recentMessages(draft, rules);
  if (recent.length >= dailyMessages) return false;
  const outcome = addToOpen(draft, rules) ?? request(draft, rules, lost);
  if (outcome !== 'sent') return outcome === 'withheld';
  const at = rules.now.toISOString();
  draft.account = { ...draft.account, resentAt: at, selfService: [...recent, at] };
  return true;
}

function recentMessages({ account: { selfService = [] } }: UserDraft, { now }: Rules): readonly string[] {
  const since = new Date(now.getTime() - dayMs).toISOString();
  return selfService.filter((at) => at > since).slice(-dailyMessages);
}

/** @returns undefined where nothing is open that a message could be added to */
function addToOpen(draft: UserDraft, rules: Rules): Outcome | undefined {
  const open = usableInvitation(draft.account, rules.now);
  if (open === undefined) return undefined;
  const { status } = draft.onboarding;
  // It is on its way already.
  if (leadsToFirstKey(open) && (status === 'queued' || status === 'held')) return 'nothing';
  return sentFor(open).length === 0 ? undefined : sendFurther(draft, rules, open);
}

/** Another message of what is open; of the proof of an address, a link or code that may set a password. */
function sendFurther(draft: UserDraft, rules: Rules, open: Invitation): Outcome {
  const { kind, method, template, type } = furtherMessage(draft, rules, open);
  const address = addressFor(draft, rules, kind, method);
  if (address === undefined) return 'nothing';
  if (isWithheld(draft, rules, kind, method)) return 'withheld';
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
): { kind: KeyRequest; method: InvitationMethod; template: TemplateName; type: EventType } {
  switch (purpose) {
    case 'invitation':
      return { kind: purpose, method, template: templateOf(purpose, method), type: 'invitation.requested' };
    case 'recovery':
      return { kind: purpose, method, template: templateOf(purpose, method), type: 'recovery.requested' };
    case 'reveal':
      return { kind: 'passwordMail', method, template: 'passwordReveal', type: 'passwordMail.requested' };
    case 'verifyEmail': {
      const own = methodOf(onboarding, settings);
      return { kind: 'recovery', method: own, template: templateOf('recovery', own), type: 'recovery.requested' };
    }
  }
}

function request(draft: UserDraft, rules: Rules, lost: Invitation['purpose'] | undefined): Outcome {
  const kind = kindOf(draft, rules, lost);
  if (isWithheld(draft, rules, kind, methodOf(draft.onboarding, rules.settings))) return 'withheld';
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
