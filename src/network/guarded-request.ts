import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { guardConnection } from './public-address.ts';

/** What is asked of another system. */
export interface GuardedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, name look-up and TLS included. */
  readonly timeoutMs: number;
  /** The most of the answer's body that is read. */
  readonly mostBytes: number;
}

/** What it answers. */
export interface GuardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Asks another system: at public addresses over TLS only, except for hosts that the operator has named; no redirect is
 * followed, no proxy used, each request has a connection of its own whose address has been looked at, and the answer's
 * size is bounded.
 * @param trustedHosts see `guardConnection`
 * @throws RefusedAddressError; Error with what is wrong where there is no answer
 */
export async function guardedRequest(
  url: URL,
  trustedHosts: ReadonlySet<string>,
  { method = 'GET', headers = {}, body, timeoutMs, mostBytes }: GuardedRequest,
): Promise<GuardedAnswer> {
  const guard = guardConnection(url, trustedHosts);
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
      url,
      { method, agent: false, signal: AbortSignal.timeout(timeoutMs), headers: { ...headers, ...length }, ...guard },
      (response) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        response.on('data', (piece: Buffer) => {
          bytes += piece.length;
          if (bytes <= mostBytes) return void pieces.push(piece);
          request.destroy();
          reject(new Error(`it is larger than ${mostBytes} bytes`));
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: flat(response.headers),
            text: Buffer.concat(pieces).toString('utf8'),
          }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function flat(headers: NodeJS.Dict<string | string[]>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

/** Answers that have no body (Fetch, "null body status"). */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** What of a call `guardedFetch` looks at. */
export interface GuardedFetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * Makes a substitute for `fetch` that goes through `guardedRequest`, for libraries that call other systems. It sends
 * texts and forms, and takes the answer as text.
 */
export function guardedFetch(
  trustedHosts: ReadonlySet<string>,
  limits: Pick<GuardedRequest, 'timeoutMs' | 'mostBytes'>,
): (url: string, init: GuardedFetchInit) => Promise<Response> {
  return async (url, { method = 'GET', headers = {}, body }) => {
    const sent = body === null || body === undefined ? {} : { body: textOf(body) };
    const answer = await guardedRequest(new URL(url), trustedHosts, { method, headers, ...sent, ...limits });
    // A status that Fetch cannot carry says as little as a gateway's own failure.
    const status = answer.status >= 200 && answer.status <= 599 ? answer.status : 502;
    return new Response(bodiless.has(status) ? null : answer.text, { status, headers: answer.headers });
  };
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new Error('texts and forms alone can be sent');
}
