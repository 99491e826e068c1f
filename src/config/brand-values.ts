import type { Settings } from './settings.ts';

/** What messages show of the tenant, as values for their templates: what is not set is left out. */
export function brandValues({ brand, mail }: Pick<Settings, 'brand' | 'mail'>): Readonly<Record<string, string>> {
  const { logoUrl, color: brandColor, helpText, helpUrl } = brand;
  const all = { logoUrl, brandColor, helpText, helpUrl, replyTo: mail.replyTo };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
