import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';

/** How many forms that are refused one address may post in a minute. */
const failuresPerMinute = 300;
/** How many messages one address may ask for in a minute: these forms always get the same answer. */
const requestsPerMinute = 120;
/** The forms that ask for messages. */
const askingForms: readonly string[] = ['/forgot-password', '/send-new'];

const windowMs = 60_000;

/**
 * Limits the pages' forms for each address, so that one address cannot keep a process busy: past the limit the error
 * says 429, and Retry-After when to come back. Forms that do their work are not counted, so an office of hundreds
 * behind one address gets through. Counted per process: what must be the same in every process is counted in the store,
 * see `SignInLimits`. Of an IPv6 address the /64 network counts.
 */
export function limitPosts(): RequestHandler {
  const common = {
    windowMs,
    ipv6Subnet: 64,
    standardHeaders: false,
    legacyHeaders: false,
    handler: ((_request, response, next) => {
      response.set('Retry-After', String(windowMs / 1000));
      next(Object.assign(new Error('too many forms from one address'), { status: 429 }));
    }) satisfies RequestHandler,
  } as const;
  const failures = rateLimit({
    ...common,
    limit: failuresPerMinute,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_request, { statusCode }) => statusCode < 400,
  });
  const requests = rateLimit({ ...common, limit: requestsPerMinute });
  return (request, response, next) => {
    const asks = askingForms.includes(request.path);
    return (asks ? requests : failures)(request, response, next);
  };
}
