import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';

/** How many forms one address may post in a minute. */
const postsPerMinute = 60;

/**
 * Stands before the pages' forms: past the limit the error says 429, and Retry-After when to come back. Counted per
 * process.
 */
export function limitPosts(): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: postsPerMinute,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (_request, response, next) => {
      response.set('Retry-After', '60');
      next(Object.assign(new Error('too many forms from one address'), { status: 429 }));
    },
  });
}
