import type { CustomFetchOptions } from 'openid-client';
import { guardedFetch } from '../../network/guarded-request.ts';

const timeoutMs = 8_000;
/** More than any document, token or key set of a provider. */
const mostBytes = 512 * 1024;

/** A provider is there and says that it cannot answer now. */
export class ProviderDownError extends Error {
  override readonly name = 'ProviderDownError';
}

/** Makes what `openid-client` calls a provider with: through the address guard. */
export function providerFetch(
  trustedHosts: ReadonlySet<string>,
): (url: string, options: CustomFetchOptions) => Promise<Response> {
  const fetchGuarded = guardedFetch(trustedHosts, { timeoutMs, mostBytes });
  return async (url, options) => {
    const response = await fetchGuarded(url, options);
    if (response.status >= 500) throw new ProviderDownError(`it answered ${response.status}`);
    return response;
  };
}
