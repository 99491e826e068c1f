import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The address behind a host is none that calls to other systems may reach: loopback, private, link-local, a cloud's
 * metadata service …
 */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

/** Publicly numbered, yet inside: Azure's platform service. */
const inside = new Set(['168.63.129.16']);

/**
 * Is this an address of the public internet? Addresses that carry another one inside (IPv4-mapped) are judged by that
 * one; those that are translated on the way (NAT64, 6to4, Teredo) are none, for what they lead to cannot be seen from
 * here.
 * @param address in the text form of IPv4 or IPv6; a zone id makes it none
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const inner = ipaddr.process(address);
  return inner.range() === 'unicast' && !inside.has(inner.toString());
}

/**
 * Resolves like `dns.lookup`, and fails when any of a name's addresses is not public. It is the lookup of the
 * connection itself, so the address that is judged is the address that is connected to: a name cannot change between
 * the two (DNS rebinding).
 */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined)
      return callback(error ?? new RefusedAddressError('the host has no address'), '');
    if (!addresses.every(({ address }) => isPublicAddress(address)))
      return callback(new RefusedAddressError('the host leads to an address that is not public'), '');
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

/** The host of a URL as settings name it: lower case, IPv6 without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

/**
 * What a request to another system needs so that it reaches public addresses over TLS only.
 * @param trustedHosts host names and literal addresses, in lower case, that may be inside and may be spoken to
 *   without TLS
 * @returns options of the request
 * @throws RefusedAddressError for what needs no look-up to be refused
 */
export function guardConnection(url: URL, trustedHosts: ReadonlySet<string>): { readonly lookup?: LookupFunction } {
  if (trustedHosts.has(hostOf(url))) return {};
  if (url.protocol !== 'https:') throw new RefusedAddressError('the URL is not https');
  if (isIP(hostOf(url)) !== 0 && !isPublicAddress(hostOf(url)))
    throw new RefusedAddressError('the URL names an address that is not public');
  return { lookup: lookUpPublic };
}
