import { type Request, Router } from 'express';

/** What the pages of tenants are found by. */
export interface TenantPagesParts {
  /** The tenant that a request is for; undefined where there is none such. */
  readonly tenantOf: (request: Request) => Promise<string | undefined>;
  /** Makes a tenant's pages. */
  readonly pagesOf: (tenant: string) => Router;
  /** Answers where there is no such tenant; without it such a request passes. */
  readonly nowhere?: Router;
}

/** Pages that are ready to be served: those of tenants that nobody asks for are made again. */
const mostReady = 1_000;

/** The hosted pages of all tenants: each has its own, made when they are asked for first. */
export function tenantPages({ tenantOf, pagesOf, nowhere }: TenantPagesParts): Router {
  const ready = new Map<string, Router>();
  const router = Router();
  router.use(async (request, response, next) => {
    const tenant = await tenantOf(request);
    if (tenant === undefined) return nowhere === undefined ? next() : nowhere(request, response, next);
    let pages = ready.get(tenant);
    if (pages === undefined) {
      if (ready.size >= mostReady) ready.clear();
      pages = pagesOf(tenant);
      ready.set(tenant, pages);
    }
    return pages(request, response, next);
  });
  return router;
}
