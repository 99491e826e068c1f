import type { DomainEvent } from '../../domain/events.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { deliveryId, type Delivery, type TemplateName } from './delivery.ts';

/** What one event asks to be sent. */
interface Message extends Pick<Delivery, 'channel'> {
  readonly template: TemplateName;
  /** When, if not as the event says; several of one template are told apart by it. ISO 8601. */
  readonly due?: string;
}

/**
 * The deliveries an event asks for; none for most. Pure: the same event gives the same deliveries, ids and Message-IDs,
 * so planning it twice files it once. `event.data` may hold `method` (an InvitationMethod), `notBefore` (ISO 8601) with
 * `heldFor` (why), `domain`, and of an invitation that was sent `followUps` (`{template, due}`).
 * @param mailDomain the part after the `@` of each Message-ID (RFC 5322 §3.6.4)
 */
export function planDeliveries(event: DomainEvent, mailDomain: string): Delivery[] {
  return messagesFor(event).map(({ channel, template, due }, index) => {
    const id = deliveryId(due === undefined ? event.id : `${event.id}.${index + 1}`, template);
    const { domain, heldFor, followUps, ...data } = event.data;
    void followUps;
    const notBefore = startOf(event, due);
    const held = typeof heldFor === 'string' && notBefore > event.at ? heldFor : undefined;
    return {
      id,
      tenant: event.tenant,
      channel,
      template,
      userId: event.resourceId,
      eventId: event.id,
      data: {
        ...data,
        ...(domain === undefined ? {} : { domain }),
        ...(due === undefined ? {} : { due }),
        ...languageAsked(event),
      },
      state: 'queued',
      createdAt: event.at,
      notBefore,
      attempts: 0,
      ...(typeof domain === 'string' && domain !== '' && !isForManager(template)
        ? { domain: domain.toLowerCase() }
        : {}),
      messageId: `<${id}@${mailDomain}>`,
      ...(held === undefined ? {} : { heldFor: held, lastReply: held }),
      // The user's record was written together with the event, so it has these already, except those that wait.
      reported: held === undefined,
    };
  });
}

/** A message that people asked for in their own browser is in its language, where their record names none. */
function languageAsked({ triggeredBy, locale }: DomainEvent): JsonObject {
  return triggeredBy === 'self' && locale !== undefined ? { language: locale } : {};
}

function messagesFor({ type, data }: DomainEvent): Message[] {
  switch (type) {
    case 'invitation.requested':
      return [byMethod(data, 'invitation', 'invitationCode')];
    case 'invitation.sent':
      return followUps(data);
    case 'recovery.requested':
      return [byMethod(data, 'recovery', 'recoveryCode')];
    case 'passwordMail.requested':
      return [{ channel: 'email', template: data['reveal'] === true ? 'passwordReveal' : 'password' }];
    case 'revealCode.requested':
      return [{ channel: 'sms', template: 'revealCode' }];
    case 'emailVerification.requested':
      return [{ channel: 'email', template: 'verifyEmail' }];
    case 'activationNotice.requested':
      return [{ channel: 'email', template: 'activated' }];
    case 'passwordNotice.requested':
      return [{ channel: 'email', template: 'passwordChanged' }];
    default:
      return [];
  }
}

function byMethod({ method }: JsonObject, link: TemplateName, code: TemplateName): Message {
  if (method === 'smsOtp') return { channel: 'sms', template: code };
  return { channel: 'email', template: method === 'emailOtp' ? code : link };
}

/** What follows an invitation. */
const followUpTemplates = ['reminder', 'managerInvited', 'managerNotIn'] as const;

function followUps({ followUps: list, method }: JsonObject): Message[] {
  return (Array.isArray(list) ? list : []).filter(isJsonObject).flatMap(({ template: name, due }) => {
    const template = followUpTemplates.find((one) => one === name);
    if (template === undefined || typeof due !== 'string') return [];
    return [{ channel: method === 'smsOtp' && template === 'reminder' ? 'sms' : 'email', template, due }];
  });
}

function isForManager(template: TemplateName | 'event'): boolean {
  return template === 'managerInvited' || template === 'managerNotIn';
}

function startOf({ at, data }: DomainEvent, due: string | undefined): string {
  const wished = due ?? data.notBefore;
  const moment = typeof wished === 'string' ? Date.parse(wished) : NaN;
  return moment > Date.parse(at) ? new Date(moment).toISOString() : at;
}
