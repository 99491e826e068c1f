import type { WebhookEndpoint } from '../config/settings.ts';

/** What an endpoint is told through, as one text: its URL, or `module:` and the name of its module. */
export function targetOf(endpoint: WebhookEndpoint): string {
  if (endpoint.kind === 'poll') return `client:${endpoint.client}`;
  return endpoint.kind === 'module' ? `module:${endpoint.module}` : endpoint.url;
}
