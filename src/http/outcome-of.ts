import { IssuerUnreachableError, UnauthorizedError } from '../caller/authenticate.ts';

const byStatus: Readonly<Record<number, string>> = {
  403: 'forbidden',
  404: 'notFound',
  405: 'methodNotAllowed',
  413: 'tooLarge',
  415: 'mediaType',
  429: 'tooMany',
  503: 'unavailable',
};

/**
 * Why a request was turned away, in one word for the logs.
 * @param error what was thrown, where it is known
 * @param isNotServed whether there is nothing at its address at all
 */
export function outcomeOf(status: number, error: unknown, isNotServed: boolean): string {
  if (isNotServed) return 'notServed';
  if (error instanceof IssuerUnreachableError) return 'issuerKeys';
  if (error instanceof UnauthorizedError) {
    if (error.client !== undefined) return 'endedCredential';
    if (error.tokenEnd !== undefined || error.fault === 'invalid_token') return 'unknownToken';
    return error.fault === undefined ? 'noCredentials' : 'malformedCredentials';
  }
  return byStatus[status] ?? (status >= 500 ? 'failed' : 'refused');
}
