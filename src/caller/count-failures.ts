import { soonOr } from '../base/soon.ts';
import { type Authenticate, UnauthorizedError } from './authenticate.ts';
import type { CallRates } from './call-rates.ts';

/**
 * Counts calls that prove nobody by their address; a client that proves itself is never refused for what others at its
 * address do.
 * @throws TooManyCallsError 429 in place of 401, where an address has too many; what `authenticate` throws
 */
export function countingFailures(
  authenticate: Authenticate,
  rates: Pick<CallRates, 'countFailure'>,
  addressOf: (request: Parameters<Authenticate>[0]) => string,
): Authenticate {
  return (request) =>
    soonOr(
      () => authenticate(request),
      (cause) => {
        // A credential that has ended is a client's own: it hears so each time.
        if (cause instanceof UnauthorizedError && cause.client === undefined) rates.countFailure(addressOf(request));
        throw cause;
      },
    );
}
