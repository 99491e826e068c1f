import type { Settings } from '../config/settings.ts';
import { keptPrefix } from './kept-secrets.ts';

/** The names of the kept secrets that settings refer to. */
export function keptNamesIn({ webhooks, sms, console: { oidc } }: Settings): ReadonlySet<string> {
  const references = [
    ...webhooks.flatMap((one) =>
      'secrets' in one ? one.secrets : one.kind === 'push' ? [one.authorization ?? ''] : [],
    ),
    sms.secret,
    oidc.clientSecret,
  ];
  return new Set(references.flatMap((one) => (one?.startsWith(keptPrefix) ? [one.slice(keptPrefix.length)] : [])));
}
