import type { Router } from 'express';
import { wantsPage } from '../page-kit/wants-page.ts';
import type { Site } from './site/site.ts';

/**
 * `/`: a browser is led to the sign-in page; clients of an API go on, and are told where SCIM begins. `/robots.txt`:
 * nothing here is for search engines.
 */
export function frontPage(site: Site): Router {
  const router = site.router();

  router.get('/', (request, response, next) => {
    if (!wantsPage(request)) return next();
    return site.goOn(response, site.reader(request), '/sign-in');
  });

  router.get('/robots.txt', (_request, response) => {
    response.type('text/plain').send('User-agent: *\nDisallow: /\n');
  });

  return router.router;
}
