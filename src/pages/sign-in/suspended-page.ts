import { Router } from 'express';
import { noticePage } from '../../page-kit/notice.ts';
import type { Site } from '../site/site.ts';

/**
 * Comes before the pages of a tenant: while it is suspended, every visitor is told to come back later.
 */
export function suspendedPage(site: Site, isServed: () => boolean): Router {
  const router = Router();
  router.use(
    (_request, _response, next) => next(isServed() ? 'router' : undefined),
    ...site.headers,
    (request, response) => {
      const reader = site.reader(request);
      response.set('Retry-After', '300');
      return site.send(response, 503, reader, noticePage(reader, reader.words.notices.unavailable, undefined));
    },
  );
  return router;
}
