import { UsageError } from './usage-error.ts';

/**
 * Where `LATCHKEY_URL` says that a Latchkey is; its SCIM base URL is understood too, as people have that at hand.
 * @returns without a slash at the end; undefined where the variable is not set
 * @throws UsageError where it is not an http or https URL
 */
export function farUrl(environment: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const { LATCHKEY_URL: given } = environment;
  if (given === undefined || given === '') return undefined;
  if (!/^https?:\/\/./.test(given) || !URL.canParse(given))
    throw new UsageError(`LATCHKEY_URL must be an http or https URL, not '${given}'`);
  return given.replace(/\/+$/, '').replace(/\/scim\/v2$/, '');
}
