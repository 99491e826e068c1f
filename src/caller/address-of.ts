import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';
import { plainAddress } from '../network/plain-address.ts';

/** Whether an address in the row from the peer on back to the visitor belongs to a trusted proxy. */
export type IsTrustedHop = (address: string, hop: number) => boolean;

/** How many addresses of an X-Forwarded-For are looked at, from its end: more proxies than stand in any row. */
const mostHops = 20;
/** Characters of an X-Forwarded-For that are looked at, from its end: room for so many addresses. */
const longestRow = 2000;

/**
 * Makes the test of an address. A header may list thousands, each of which takes time to be read: the address of the
 * last proxy in a row that is too long counts as the visitor's.
 * @param trustProxy addresses and CIDR ranges of proxies whose X-Forwarded-For is believed
 */
export function createIsTrustedHop(trustProxy: readonly string[]): IsTrustedHop {
  if (trustProxy.length === 0) return () => false;
  const isTrusted = proxyAddr.compile([...trustProxy]);
  return (address, hop) => hop < mostHops && isTrusted(address, hop);
}

/** Where a request comes from. */
export interface VisitorAddress {
  /** '' where the connection is gone. */
  readonly address: string;
  /** What a trusted proxy wrote in the place of an address, where it is not one. */
  readonly unread?: string;
}

/** The address a request comes from, as far as trusted proxies tell; '' where the connection is gone. */
export function addressOf(request: Pick<IncomingMessage, 'headers' | 'socket'>, isTrusted: IsTrustedHop): string {
  return visitorOf(request, isTrusted).address;
}

/**
 * The same, with what could not be read. Some proxies append a port, brackets or quotes to an address: with them each
 * connection would be another visitor, so the address counts without them. What is not an address tells nothing: the
 * proxy that wrote it counts as the visitor.
 */
export function visitorOf(
  { headers, socket: { remoteAddress = '' } }: Pick<IncomingMessage, 'headers' | 'socket'>,
  isTrusted: IsTrustedHop,
): VisitorAddress {
  const forwarded = headers['x-forwarded-for'];
  let address = remoteAddress.startsWith('::ffff:') ? (plainAddress(remoteAddress) ?? remoteAddress) : remoteAddress;
  if (address === '' || forwarded === undefined || !isTrusted(address, 0)) return { address };
  for (const [hop, field] of rowOf(String(forwarded)).entries()) {
    if (!isTrusted(address, hop)) break;
    const next = plainAddress(field);
    if (next === undefined) return { address, unread: field };
    address = next;
  }
  return { address };
}

/** The fields, the last one first. Empty ones do not count (RFC 9110 §5.6.1), nor does one that is cut. */
function rowOf(header: string): string[] {
  const fields = header.slice(-longestRow).split(',');
  const whole = header.length > longestRow && fields.length > 1 ? fields.slice(1) : fields;
  return whole
    .map((field) => field.trim())
    .filter((field) => field !== '')
    .reverse();
}
