/**
 * The name of a tenant's cookie. A browser takes one whose name begins with `__Host-` only from this very host, by
 * https and for all paths (RFC 6265bis §4.1.3): the path cannot keep tenants apart, so the name does.
 * @param secure whether the pages are served by https
 */
export function cookieName(
  name: string,
  { tenant, secure }: { readonly tenant: string; readonly secure: boolean },
): string {
  return `${secure ? '__Host-' : ''}${name}${tenant === 'default' ? '' : `-${tenant}`}`;
}
