import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import type { Settings, WebhookEndpoint } from '../config/settings.ts';
import { keptPrefix } from './kept-secrets.ts';

/**
 * Finds a change of settings that only the operator may make, for it has the installation's own means used: the gateway
 * gets the secret of `LATCHKEY_SMS_SECRET`, the mail server sends for its own addresses, secrets are read from
 * variables and files, modules are run. What a tenant sets with a secret of its own (`kept:NAME`) is its own affair.
 * @param after the settings as they would be
 * @returns the setting's name; undefined where there is none
 */
export function reservedChange(before: Settings, after: Settings): string | undefined {
  // Another's address as the sender, by a mail server that may send for it, is a forged mail.
  if (before.mail.from !== after.mail.from) return 'mail.from';
  const sms = reservedInSms(before, after);
  if (sms !== undefined) return sms;
  const { clientSecret } = after.console.oidc;
  if (clientSecret !== before.console.oidc.clientSecret && !isOwn(clientSecret)) return 'console.oidc.clientSecret';
  const isKnown = (one: WebhookEndpoint): boolean => before.webhooks.some((other) => isDeepStrictEqual(one, other));
  return after.webhooks.every((one) => isKnown(one) || isOwnEndpoint(one)) ? undefined : 'webhooks';
}

/** Why no setting that is stored may name a module. */
export const modulesAreOfTheFile =
  "is of kind module, which runs code: only the operator's settings file (LATCHKEY_SETTINGS) may name one, no API";

/**
 * The first webhook endpoint of kind `module` among settings that did not come from the operator's file.
 * @param known endpoints that do not count
 * @returns its place in the list; undefined where there is none
 */
export function moduleAmong({ webhooks }: JsonObject, known: readonly WebhookEndpoint[] = []): number | undefined {
  if (!Array.isArray(webhooks)) return undefined;
  const found = webhooks.findIndex(
    (one) =>
      isJsonObject(one)
      && (one['kind'] === 'module' || Object.hasOwn(one, 'module'))
      && !known.some((other) => isDeepStrictEqual(one, other)),
  );
  return found < 0 ? undefined : found;
}

/** Whether the change says who administers the tenant: only an owner may make it. */
export function changesOwnership(before: Settings, after: Settings): boolean {
  return !isDeepStrictEqual(before.console, after.console);
}

/** A tenant's own secret goes to a gateway of its own; the installation's goes where the operator says. */
function reservedInSms({ sms: before }: Settings, { sms: after }: Settings): string | undefined {
  const changed = (['gatewayUrl', 'preset', 'from', 'secret'] as const).find((name) => before[name] !== after[name]);
  if (changed === undefined || after.secret !== null) return undefined;
  const isEnded = before.secret !== null && after.gatewayUrl === null;
  return isEnded ? undefined : `sms.${changed}`;
}

function isOwn(reference: string | null): boolean {
  return reference === null || reference.startsWith(keptPrefix);
}

/** An endpoint that is called with the tenant's own secrets alone. */
function isOwnEndpoint(one: WebhookEndpoint): boolean {
  // A client of the tenant's own fetches it.
  if (one.kind === 'poll') return true;
  if (one.kind === 'push') return isOwn(one.authorization);
  return one.kind !== 'module' && one.secrets.every(isOwn);
}
