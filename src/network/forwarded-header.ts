import type { IncomingHttpHeaders } from 'node:http';

/**
 * Fields in which proxies and content networks name the client they forward for, beside all that begin with
 * X-Forwarded.
 */
const names: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-original-host',
  'x-envoy-external-address',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
]);

/**
 * The first header field that says a proxy has forwarded a request; undefined where there is none.
 * @param headers names in lower case
 */
export function forwardedHeader(headers: IncomingHttpHeaders): string | undefined {
  for (const name in headers) if (name.startsWith('x-forwarded') || names.has(name)) return name;
  return undefined;
}
