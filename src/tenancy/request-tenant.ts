import { isTenantId, rootTenant } from './tenant.ts';

/** A request, as far as its tenant is concerned. */
interface Routed {
  url?: string | undefined;
}

const tenants = new WeakMap<object, string>();

/** `/t/acme` and what follows it, in an address with or without a host in front (RFC 9112 §3.2.2). */
const prefix = /^(https?:\/\/[^/?]*)?\/t\/([^/?#]*)(?=[/?]|$)/i;

/**
 * Reads which tenant a request is for, and takes `/t/{tenant}` off its address, so that what serves it need not know of
 * the prefix. Without the prefix it is for the tenant at the root.
 * @returns false where the prefix names what cannot be a tenant: nothing is served there
 */
export function routeToTenant(request: Routed): boolean {
  const url = request.url ?? '/';
  const [whole, , id] = prefix.exec(url) ?? [];
  if (whole === undefined || id === undefined) return true;
  if (!isTenantId(id)) return false;
  tenants.set(request, id);
  const rest = url.slice(whole.length);
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  return true;
}

/** The id of the tenant that a request is for; whether there is one of this id is another question. */
export function tenantOfRequest(request: object): string {
  return tenants.get(request) ?? rootTenant;
}
