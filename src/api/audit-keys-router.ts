import express, { type Router } from 'express';
import type { Checkpointer } from '../history/checkpointer.ts';
import { tenantOfRequest } from '../tenancy/request-tenant.ts';

/** What the router is made of. */
export interface AuditKeysParts {
  readonly history: { readonly checkpointer: Pick<Checkpointer, 'published'> };
}

/** Publishes the keys that checkpoints of the audit are checked with: anyone may know them. */
export function createAuditKeysRouter({ history }: AuditKeysParts): Router {
  const router = express.Router();
  router.get('/.well-known/latchkey-audit-keys', async (request, response) => {
    response.json(await history.checkpointer.published(tenantOfRequest(request)));
  });
  return router;
}
