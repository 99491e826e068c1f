import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '../config/settings.ts';
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';

/**
 * Finds a setting in a patch that only the operator may set, for it has the installation's own means used: the gateway
 * gets the secret of `LATCHKEY_SMS_SECRET`, the mail server sends for its own addresses,
 * webhooks read secrets from variables and files or run modules.
 * @param patch as `PATCH /admin/v1/settings` takes it
 * @param before the settings in force
 * @returns its name; undefined where there is none
 */
export function reservedChange({ mail, sms, webhooks }: JsonObject, before: Settings): string | undefined {
  // Another's address as the sender, by a mail server that may send for it, is a forged mail.
  if (isJsonObject(mail) && Object.hasOwn(mail, 'from') && !isDeepStrictEqual(mail['from'], before.mail.from))
    return 'mail.from';
  if (isJsonObject(sms)) {
    const found = (['gatewayUrl', 'preset', 'from'] as const).find(
      (name) => Object.hasOwn(sms, name) && !isDeepStrictEqual(sms[name], before.sms[name]),
    );
    if (found !== undefined) return `sms.${found}`;
  }
  const kept = before.webhooks as readonly unknown[] as readonly Json[];
  const isNew = (endpoint: Json): boolean => !kept.some((one) => isAmong(endpoint, one));
  return Array.isArray(webhooks) && webhooks.some(isNew) ? 'webhooks' : undefined;
}

/** Whether an endpoint as it is given says nothing but what one in force says, with its defaults. */
function isAmong(given: Json, inForce: Json): boolean {
  return (
    isJsonObject(given)
    && isJsonObject(inForce)
    && Object.entries(given).every(([name, value]) => isDeepStrictEqual(value, inForce[name]))
    && ['url', 'secrets', 'module'].every((name) => isDeepStrictEqual(given[name], inForce[name]))
  );
}
