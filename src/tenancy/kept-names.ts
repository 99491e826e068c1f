import type { Settings } from '../config/settings.ts';
import { keptPrefix } from './kept-secrets.ts';

/** The names of the kept secrets that settings refer to. */
export function keptNamesIn({ webhooks, sms, console: { oidc } }: Settings): ReadonlySet<string> {
  const references = [
    ...webhooks.flatMap((one) => (one.kind === 'http' ? one.secrets : [])),
    sms.secret,
    oidc.clientSecret,
  ];
  return new Set(references.flatMap((one) => (one?.startsWith(keptPrefix) ? [one.slice(keptPrefix.length)] : [])));
}
