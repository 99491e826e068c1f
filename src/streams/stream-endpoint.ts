import type { WebhookEndpoint } from '../config/settings.ts';

/** An endpoint that follows the audit in its order, from a place that is kept. */
export type StreamEndpoint = Extract<WebhookEndpoint, { readonly kind: 'siem' | 'push' | 'poll' }>;

/** A stream that Latchkey itself sends on. */
export type SentStream = Exclude<StreamEndpoint, { readonly kind: 'poll' }>;

/** Whether an endpoint is a stream, and not told of each event by itself. */
export function isStream(endpoint: WebhookEndpoint): endpoint is StreamEndpoint {
  return endpoint.kind === 'siem' || endpoint.kind === 'push' || endpoint.kind === 'poll';
}

/**
 * Whether a stream asks for events of a type.
 * @param patterns names, beginnings such as `user.*`, or `*` for all
 */
export function asksFor(patterns: readonly string[], type: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
  );
}
