/**
 * Whether what is allowed holds another attribute: itself, a sub-attribute of it, or one of the schema whose URN it is.
 * Both are written alike: `name.familyName`, `urn:…:User:department`; letter case counts for nothing.
 */
export function pathCovers(allowed: string, path: string): boolean {
  const [outer, inner] = [allowed.toLowerCase(), path.toLowerCase()];
  return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}:`);
}
