import ipaddr from 'ipaddr.js';
import { plainAddress } from './plain-address.ts';

/** Characters of what is not an address that tell it from others. */
const longest = 100;

/**
 * The block of addresses that limits count as one visitor: an IPv4 address itself, also where it is written as IPv6; of
 * an IPv6 address the /64 network, for a network of that size is what one household or one server is given.
 * @param address as a socket, a proxy or an application names it, a port beside it is left out; a text that is not an
 *   address is its own block
 */
export function addressBlock(address: string): string {
  const plain = plainAddress(address);
  if (plain === undefined) return address.slice(0, longest).trim();
  const known = ipaddr.parse(plain);
  if (known.kind() === 'ipv4') return known.toString();
  return `${Buffer.from(known.toByteArray().slice(0, 8)).toString('hex')}/64`;
}
