import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The address behind a host is none that webhooks may reach: loopback, private, link-local, a cloud's metadata
 * service …
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
