import type { JsonObject } from '../../base/json.ts';

/** The messages Latchkey sends to people; each names a template. */
export type TemplateName =
  | 'invitation'
  | 'invitationCode'
  | 'password'
  | 'passwordReveal'
  | 'revealCode'
  | 'recovery'
  | 'recoveryCode'
  | 'verifyEmail'
  | 'activated'
  | 'reminder'
  | 'passwordChanged'
  /** To the user's manager. */
  | 'managerInvited'
  | 'managerNotIn'
  /** To an administrator: its words come with its values. */
  | 'administratorNotice';

/** The id of a message that an event asks for. */
export function deliveryId(event: string, template: TemplateName): string {
  return `${event}.${template}`;
}

/**
 * One message to one person over one channel, or one event to a webhook, with its attempts and its outcome. Holds no
 * secret.
 */
export interface Delivery {
  /** Made from the event's id and the template: planning the same event twice makes one delivery. */
  readonly id: string;
  readonly tenant: string;
  readonly channel: 'email' | 'sms' | 'webhook';
  /** `event`: what a webhook gets is written without a template. */
  readonly template: TemplateName | 'event';
  /**
   * The user it is for; `webhook:<endpoint>` or `administrator:<id>` where it is for none, so that what calls off a
   * user's messages leaves it alone.
   */
  readonly userId: string;
  /** The event that caused it. */
  readonly eventId: string;
  /** The event's own data (`method`, `invitation` …). */
  readonly data: JsonObject;
  /**
   * `queued` waits for `notBefore`; `sent`, `dead` and `cancelled` are final (a dead one can be requeued by an
   * admin).
   */
  readonly state: 'queued' | 'leased' | 'sent' | 'dead' | 'cancelled';
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly notBefore: string;
  /** Finished attempts, those that found the channel itself broken not counted. */
  readonly attempts: number;
  /** Its destination, once known: keeps one bad domain from starving the others. */
  readonly domain?: string;
  readonly to?: string;
  /** RFC 5322 Message-ID, of a webhook its `webhook-id`; the same for every attempt. */
  readonly messageId: string;
  readonly lease?: { readonly owner: string; readonly until: string };
  /** The server's last answer or our reason, without addresses or secrets. */
  readonly lastReply?: string;
  /**
   * Why it waits for `notBefore`, unless that is a retry: the start date, quiet hours, a mailbox that does not exist
   * yet.
   */
  readonly heldFor?: string;
  readonly endedAt?: string;
  /** False while the user's record has not yet been told of the last state. */
  readonly reported: boolean;
}
