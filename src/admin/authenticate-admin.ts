import type { RequestHandler, Response } from 'express';
import { requireScope, type Authenticate } from '../http/authenticate.ts';
import type { Client } from '../tenants.ts';

/**
 * Makes the guard of everything below `/admin/v1`: a bearer token whose client has the scope `admin`. What it refuses is thrown (401, 403)
 * and answered by the error boundary, in the form of a SCIM error.
 */
export function authenticateAdmin(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const client = await authenticate(request.headers.authorization);
    requireScope(client, 'admin');
    response.locals.admin = client;
    next();
  };
}

/** The client that `authenticateAdmin` let in; whatever is shown to it must be of its tenant. */
export function adminOf(response: Response): Client {
  return response.locals.admin as Client;
}
