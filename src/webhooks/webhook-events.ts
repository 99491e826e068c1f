import type { EventType } from '../domain/events.ts';

/** The events that may be told to webhooks. What only asks for a message, or tells of a sign-in, stays inside. */
export const webhookEvents = [
  'user.created',
  'user.updated',
  'user.deactivated',
  'user.reactivated',
  'user.deleted',
  'user.restored',
  'user.erased',
  'user.activated',
  'group.created',
  'group.updated',
  'group.deleted',
  'resource.created',
  'resource.updated',
  'resource.deleted',
  'password.changed',
  'delivery.sent',
  'delivery.failed',
  'delivery.cancelled',
  'delivery.bounced',
  'delivery.complained',
  'delivery.requeued',
  'audit.checkpoint',
  'credential.ending',
] as const satisfies readonly EventType[];

/**
 * Does an endpoint's list of events name this one? Checkpoints of the audit come each minute: `*` does not stand for
 * them.
 * @param patterns names, beginnings such as `user.*`, or `*` for all
 */
export function isSubscribed(patterns: readonly string[], type: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === type
      || (pattern === '*' && !type.startsWith('audit.'))
      || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
  );
}

/** May this event be told to webhooks at all? */
export function isWebhookEvent(type: EventType): boolean {
  return webhookEvents.some((known) => known === type);
}
