import express, { type Router } from 'express';

/**
 * `GET /healthz`: the process lives. `GET /readyz`: it can serve (the store answers); 503 while it starts or stops.
 * @param ready resolves when requests can be served, rejects with what is missing
 */
export function createHealthRoutes(ready: () => Promise<void>): Router {
  const router = express.Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    try {
      await ready();
      response.json({ status: 'ready' });
    } catch {
      response.status(503).json({ status: 'not ready' });
    }
  });
  return router;
}
