import type { DomainEvent } from '../events.ts';
import type { JsonObject } from '../json.ts';
import type { Delivery, TemplateName } from './delivery.ts';

/** What one event asks to be sent. */
type Message = Pick<Delivery, 'channel' | 'template'>;

/**
 * The deliveries an event asks for; none for most. Pure: the same event gives the same deliveries, ids and Message-IDs, so
 * planning it twice files it once. `event.data` may hold `method` (an InvitationMethod), `notBefore` (ISO 8601) and `domain`.
 * @param mailDomain what stands after the `@` of each Message-ID (RFC 5322 §3.6.4)
 */
export function planDeliveries(event: DomainEvent, mailDomain: string): Delivery[] {
  return messagesFor(event).map(({ channel, template }) => {
    const id = `${event.id}.${template}`;
    return {
      id,
      tenant: event.tenant,
      channel,
      template,
      userId: event.resourceId,
      eventId: event.id,
      data: event.data,
      state: 'queued',
      createdAt: event.at,
      notBefore: startOf(event),
      attempts: 0,
      ...(typeof event.data.domain === 'string' && event.data.domain !== '' ? { domain: event.data.domain.toLowerCase() } : {}),
      messageId: `<${id}@${mailDomain}>`,
      // The user's record was written together with the event: it knows already.
      reported: true,
    };
  });
}

function messagesFor({ type, data }: DomainEvent): Message[] {
  switch (type) {
    case 'invitation.requested': return [byMethod(data, 'invitation', 'invitationCode')];
    case 'recovery.requested': return [byMethod(data, 'recovery', 'recoveryCode')];
    case 'passwordMail.requested': return [{ channel: 'email', template: 'password' }];
    case 'emailVerification.requested': return [{ channel: 'email', template: 'verifyEmail' }];
    case 'activationNotice.requested': return [{ channel: 'email', template: 'activated' }];
    default: return [];
  }
}

function byMethod({ method }: JsonObject, link: TemplateName, code: TemplateName): Message {
  if (method === 'smsOtp') return { channel: 'sms', template: code };
  return { channel: 'email', template: method === 'emailOtp' ? code : link };
}

function startOf({ at, data }: DomainEvent): string {
  const wished = typeof data.notBefore === 'string' ? Date.parse(data.notBefore) : NaN;
  return wished > Date.parse(at) ? new Date(wished).toISOString() : at;
}
