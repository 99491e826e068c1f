import type { JsonObject } from '../json.ts';

/** The messages Latchkey sends; each names a template. */
export type TemplateName =
  | 'invitation' | 'invitationCode' | 'password' | 'recovery' | 'recoveryCode' | 'verifyEmail' | 'activated' | 'reminder' | 'passwordChanged';

/** One message to one person over one channel, with its attempts and its outcome. Holds no secret. */
export interface Delivery {
  /** Made from the event's id and the template: planning the same event twice makes one delivery. */
  readonly id: string;
  readonly tenant: string;
  readonly channel: 'email' | 'sms';
  readonly template: TemplateName;
  /** The user it is for. */
  readonly userId: string;
  /** The event that caused it. */
  readonly eventId: string;
  /** The event's own data (`method`, `invitation` …). */
  readonly data: JsonObject;
  /** `queued` waits for `notBefore`; `sent`, `dead` and `cancelled` are final (a dead one can be requeued by an admin). */
  readonly state: 'queued' | 'leased' | 'sent' | 'dead' | 'cancelled';
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly notBefore: string;
  /** Finished attempts, those that found the channel itself broken not counted. */
  readonly attempts: number;
  /** Where it goes, once known: used to keep one bad domain from starving the rest. */
  readonly domain?: string;
  readonly to?: string;
  /** RFC 5322 Message-ID; the same for every attempt. */
  readonly messageId: string;
  readonly lease?: { readonly owner: string; readonly until: string };
  /** The server's last answer or our reason, without addresses or secrets. */
  readonly lastReply?: string;
  readonly endedAt?: string;
  /** False while the user's record has not yet been told of the last state. */
  readonly reported: boolean;
}
