import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** No address, with brackets, quotes and a port, is longer. */
const longest = 100;

/**
 * An address of the network alone, from how proxies and applications write it: `203.0.113.5:1234`, `[2001:db8::1]:80`,
 * `"203.0.113.5"`, `::ffff:203.0.113.9`. An IPv4 address that is written as IPv6 becomes the IPv4 address.
 * @returns undefined for what is not an address
 */
export function plainAddress(text: string): string | undefined {
  if (text.length > longest) return undefined;
  const bare = text.trim().replace(/^"(.*)"$/, '$1');
  const [, inner = bare] =
    /^\[([^\]]*)\](?::\d{0,5})?$/.exec(bare) ?? /^(\d{1,3}(?:\.\d{1,3}){3}):\d{0,5}$/.exec(bare) ?? [];
  const address = inner.replace(/%.*$/, '');
  return isIP(address) === 0 ? undefined : ipaddr.process(address).toString();
}
