import express, { type Router } from 'express';
import type { Authenticate } from '../http/authenticate.ts';
import { NotFoundError } from '../scim/scim-error.ts';
import { authenticateAdmin } from './authenticate-admin.ts';

/**
 * Puts the administration's routes behind one guard; nothing they answer may be cached.
 * @param routes by their place below `/admin/v1`, such as `/requests`
 */
export function createAdminRouter(authenticate: Authenticate, routes: Readonly<Record<string, Router>>): Router {
  const router = express.Router();
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  }, authenticateAdmin(authenticate));
  for (const [place, route] of Object.entries(routes)) router.use(place, route);
  router.use((request) => {
    throw new NotFoundError(`nothing is served at ${request.originalUrl.slice(0, 200)}`);
  });
  return router;
}
