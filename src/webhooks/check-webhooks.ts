import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsCheck } from '../config/parse-settings.ts';
import type { WebhookEndpoint } from '../config/settings.ts';
import { faultOfOutwardUrl } from '../base/outward-url.ts';
import { isSubscribed, webhookEvents } from './webhook-events.ts';
import { readWebhookSecret, WebhookSecretError } from './webhook-secret.ts';

/** What endpoints are checked against. */
export interface WebhookChecks {
  /** See `createPostWebhook`. */
  readonly trustedHosts: ReadonlySet<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The operator's folder of modules. */
  readonly modules: string | undefined;
  /** Whether a User has an attribute of this name that may be told. */
  readonly knowsAttribute: (name: string) => boolean;
}

/**
 * Makes the check of the `webhooks` settings for what their schema cannot say: ids that differ, URLs that may be
 * called, events that exist, secrets that are there.
 */
export function checkWebhooks(checks: WebhookChecks): SettingsCheck {
  return ({ webhooks }) => {
    for (const [index, endpoint] of webhooks.entries()) {
      const found = faultOf(endpoint, webhooks.slice(0, index), checks);
      if (found !== undefined) return { path: ['webhooks', String(index), ...found.path], fault: found.fault };
    }
    return undefined;
  };
}

interface Fault {
  readonly path: readonly string[];
  readonly fault: string;
}

function faultOf(
  endpoint: WebhookEndpoint,
  earlier: readonly WebhookEndpoint[],
  checks: WebhookChecks,
): Fault | undefined {
  const { id, events, attributes } = endpoint;
  if (earlier.some((other) => other.id === id)) return { path: ['id'], fault: `is used twice: '${id}'` };
  const wrongTarget = faultOfTarget(endpoint, checks);
  if (wrongTarget !== undefined) return wrongTarget;
  const unknown = attributes.findIndex((name) => !checks.knowsAttribute(name));
  if (unknown >= 0) return { path: ['attributes', String(unknown)], fault: 'names no attribute of a User' };
  const strange = events.findIndex((pattern) => !webhookEvents.some((type) => isSubscribed([pattern], type)));
  if (strange >= 0)
    return { path: ['events', String(strange)], fault: `names no event; there are ${webhookEvents.join(', ')}` };
  return undefined;
}

function faultOfTarget(
  endpoint: WebhookEndpoint,
  { trustedHosts, environment, modules }: WebhookChecks,
): Fault | undefined {
  if (endpoint.kind === 'module') {
    if (modules === undefined)
      return { path: ['module'], fault: 'needs the variable LATCHKEY_MODULES, which names the folder of modules' };
    return existsSync(join(modules, endpoint.module))
      ? undefined
      : { path: ['module'], fault: 'names a file that is not in the folder LATCHKEY_MODULES' };
  }
  const wrongUrl = faultOfOutwardUrl(endpoint.url, trustedHosts);
  if (wrongUrl !== undefined) return { path: ['url'], fault: wrongUrl };
  for (const [index, reference] of endpoint.secrets.entries()) {
    // Secrets of tenants are in the store, and are checked where the setting is changed.
    if (reference.startsWith('kept:')) continue;
    try {
      readWebhookSecret(reference, environment);
    } catch (error) {
      if (!(error instanceof WebhookSecretError)) throw error;
      return { path: ['secrets', String(index)], fault: `: ${error.message}` };
    }
  }
  return undefined;
}
