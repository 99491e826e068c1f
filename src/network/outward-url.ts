import { isIP } from 'node:net';
import { hostOf, isPublicAddress } from './public-address.ts';

/**
 * What is wrong with an address that calls go out to, as far as it can be seen without looking the host up.
 * @param trustedHosts see `guardConnection`
 * @returns words that follow the setting's name
 */
export function faultOfOutwardUrl(text: string, trustedHosts: ReadonlySet<string>): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'must be an https URL';
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    return 'must be without user, password and fragment';
  if (trustedHosts.has(hostOf(url))) return undefined;
  if (url.protocol !== 'https:') return `must be https, or its host be named in LATCHKEY_WEBHOOK_HOSTS`;
  if (isIP(hostOf(url)) !== 0 && !isPublicAddress(hostOf(url)))
    return 'names an address that is not public: name it in LATCHKEY_WEBHOOK_HOSTS if it is meant';
  return undefined;
}
