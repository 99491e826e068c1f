import { Router } from 'express';
import { buttonLink, noticePage } from '../page-kit/notice.ts';
import { wantsPage } from '../page-kit/wants-page.ts';
import type { Site } from './site/site.ts';

/** The page for a browser that asks for what is not there. Clients of an API go on, to an error that they can read. */
export function notFoundPage(site: Site): Router {
  const router = Router();
  router.use(
    (request, _response, next) => next(wantsPage(request) ? undefined : 'router'),
    ...site.headers,
    (request, response) => {
      const reader = site.reader(request);
      const { notices, ways } = reader.words;
      const content = noticePage(reader, notices.notFound, buttonLink(site.href(reader, '/sign-in'), ways.signIn));
      return site.send(response, 404, reader, content);
    },
  );
  return router;
}
