import express, { type Router } from 'express';
import { tenantOfRequest } from '../tenancy/request-tenant.ts';

/** What the router is made of. */
export interface EventKeysParts {
  /** The public keys of a tenant's security event tokens, as a JWK Set. */
  readonly published: (tenant: string) => Promise<object>;
}

/** Publishes the keys that security event tokens are checked with (RFC 7517 §5): anyone may know them. */
export function createEventKeysRouter({ published }: EventKeysParts): Router {
  const router = express.Router();
  router.get('/.well-known/jwks.json', async (request, response) => {
    response.set('Cache-Control', 'public, max-age=300');
    response.json(await published(tenantOfRequest(request)));
  });
  return router;
}
