import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { guardConnection } from '../../base/public-address.ts';

/** Gets the text at an address; rejects with what is wrong. */
export type FetchText = (url: URL) => Promise<string>;

/** For the whole exchange, name look-up and TLS included. */
const timeoutMs = 5_000;
/** More than the keys of any issuer. */
const mostBytes = 128 * 1024;

/**
 * Makes the one way out to key sets: public addresses over TLS only, except for hosts that the operator has named; no
 * redirect, no proxy, a connection of its own whose address has been looked at, an answer of bounded size.
 */
export function createFetchKeySet(trustedHosts: ReadonlySet<string>): FetchText {
  return async (url) => {
    const guard = guardConnection(url, trustedHosts);
    return new Promise((resolve, reject) => {
      const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
        url,
        { agent: false, signal: AbortSignal.timeout(timeoutMs), headers: { Accept: 'application/json' }, ...guard },
        (response) => {
          const fail = (reason: string): void => {
            request.destroy();
            reject(new Error(reason));
          };
          if (response.statusCode !== 200) return fail(`it answered ${response.statusCode}`);
          const pieces: Buffer[] = [];
          let bytes = 0;
          response.on('data', (piece: Buffer) => {
            bytes += piece.length;
            if (bytes > mostBytes) fail(`it is larger than ${mostBytes} bytes`);
            else pieces.push(piece);
          });
          response.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end();
    });
  };
}
