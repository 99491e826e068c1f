import { guardedRequest } from '../../network/guarded-request.ts';

/** Gets the text at an address; rejects with what is wrong. */
export type FetchText = (url: URL) => Promise<string>;

const timeoutMs = 5_000;
/** More than the keys of any issuer. */
const mostBytes = 128 * 1024;

/** Makes the one way out to key sets, see `guardedRequest`: an answer other than 200 has no keys. */
export function createFetchKeySet(trustedHosts: ReadonlySet<string>): FetchText {
  return async (url) => {
    const headers = { Accept: 'application/json' };
    const { status, text } = await guardedRequest(url, trustedHosts, { headers, timeoutMs, mostBytes });
    if (status !== 200) throw new Error(`it answered ${status}`);
    return text;
  };
}
