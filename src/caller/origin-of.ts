import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

/** Where a caller reaches this service: `https://scim.example`. */
export type OriginOf = (request: IncomingMessage) => string;

/**
 * Reads it off the connection and the Host header, or off what a trusted proxy says of them.
 * @param trustProxy addresses and CIDR ranges of proxies whose X-Forwarded-Proto and X-Forwarded-Host are believed
 */
export function createOriginOf(trustProxy: readonly string[]): OriginOf {
  const isTrusted = proxyAddr.compile([...trustProxy]);
  return ({ headers, socket }) => {
    const isForwarded = trustProxy.length > 0 && isTrusted(socket.remoteAddress ?? '', 0);
    const said = (name: string): string | undefined =>
      isForwarded
        ? String(headers[name] ?? '')
            .split(',', 1)[0]!
            .trim() || undefined
        : undefined;
    return `${said('x-forwarded-proto') ?? 'http'}://${said('x-forwarded-host') ?? headers.host ?? ''}`;
  };
}
