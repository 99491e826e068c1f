import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

/** Whether an address in the row from the peer on back to the visitor belongs to a trusted proxy. */
export type IsTrustedHop = (address: string, hop: number) => boolean;

/** How many addresses of an X-Forwarded-For are looked at, from its end: more proxies than stand in any row. */
const mostHops = 20;

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

/** The address a request comes from, as far as trusted proxies tell; '' where the connection is gone. */
export function addressOf(request: Pick<IncomingMessage, 'headers' | 'socket'>, isTrusted: IsTrustedHop): string {
  const { remoteAddress } = request.socket;
  if (remoteAddress === undefined || request.headers['x-forwarded-for'] === undefined) return remoteAddress ?? '';
  return proxyAddr(request as IncomingMessage, isTrusted);
}
