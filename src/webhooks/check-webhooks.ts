import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsCheck } from '../config/parse-settings.ts';
import type { Settings, WebhookEndpoint } from '../config/settings.ts';
import { faultOfOutwardUrl } from '../network/outward-url.ts';
import { isSubscribed, webhookEvents } from './webhook-events.ts';
import { readSecretText, readWebhookSecret, WebhookSecretError } from './webhook-secret.ts';

/** What endpoints are checked against. */
export interface WebhookChecks {
  /** See `createPostWebhook`. */
  readonly trustedHosts: ReadonlySet<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The operator's folder of modules. */
  readonly modules: string | undefined;
  /** Whether a User has an attribute of this name that may be told. */
  readonly knowsAttribute: (name: string, settings: Settings) => boolean;
}

/**
 * Makes the check of the `webhooks` settings for what their schema cannot say: ids that differ, URLs that may be
 * called, events that exist, secrets that are there.
 */
export function checkWebhooks(checks: WebhookChecks): SettingsCheck {
  return (settings) => {
    const { webhooks } = settings;
    const own = { ...checks, knowsAttribute: (name: string) => checks.knowsAttribute(name, settings) };
    for (const [index, endpoint] of webhooks.entries()) {
      const found = faultOf(endpoint, webhooks.slice(0, index), own);
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
  checks: Omit<WebhookChecks, 'knowsAttribute'> & { readonly knowsAttribute: (name: string) => boolean },
): Fault | undefined {
  const { id, events, attributes } = endpoint;
  if (earlier.some((other) => other.id === id)) return { path: ['id'], fault: `is used twice: '${id}'` };
  const wrongTarget = faultOfTarget(endpoint, checks);
  if (wrongTarget !== undefined) return wrongTarget;
  const unknown = attributes.findIndex((name) => !checks.knowsAttribute(name));
  if (unknown >= 0) return { path: ['attributes', String(unknown)], fault: 'names no attribute of a User' };
  if (isFollower(endpoint)) return undefined;
  const strange = events.findIndex((pattern) => !webhookEvents.some((type) => isSubscribed([pattern], type)));
  if (strange >= 0)
    return { path: ['events', String(strange)], fault: `names no event; there are ${webhookEvents.join(', ')}` };
  return undefined;
}

function faultOfTarget(
  endpoint: WebhookEndpoint,
  { trustedHosts, environment, modules }: Omit<WebhookChecks, 'knowsAttribute'>,
): Fault | undefined {
  if (endpoint.kind === 'module') {
    if (modules === undefined)
      return { path: ['module'], fault: 'needs the variable LATCHKEY_MODULES, which names the folder of modules' };
    return existsSync(join(modules, endpoint.module))
      ? undefined
      : { path: ['module'], fault: 'names a file that is not in the folder LATCHKEY_MODULES' };
  }
  if (endpoint.kind === 'poll') return undefined;
  const wrongUrl = faultOfOutwardUrl(endpoint.url, trustedHosts);
  if (wrongUrl !== undefined) return { path: ['url'], fault: wrongUrl };
  if (endpoint.kind === 'push') return faultOfAuthorization(endpoint.authorization, environment);
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

/** Streams follow the audit, which knows many more events than webhooks are told of. */
function isFollower({ kind }: WebhookEndpoint): boolean {
  return kind === 'siem' || kind === 'push' || kind === 'poll';
}

function faultOfAuthorization(reference: string | null, environment: WebhookChecks['environment']): Fault | undefined {
  if (reference === null || reference.startsWith('kept:')) return undefined;
  try {
    readSecretText(reference, environment);
    return undefined;
  } catch (error) {
    if (!(error instanceof WebhookSecretError)) throw error;
    return { path: ['authorization'], fault: `: ${error.message}` };
  }
}
