import type { ScimRequest } from './scim-request.ts';

/** True when the client would rather have no body (RFC 7240 §4.2: `Prefer: return=minimal`). */
export function prefersMinimal({ headers }: ScimRequest): boolean {
  return /(?:^|[,\s])return\s*=\s*"?minimal"?(?:$|[,;\s])/i.test(headers['prefer'] ?? '');
}

/** A query parameter by its name in any letter case, since clients spell them freely (`startindex`, `excludedattributes`). */
export function parameterOf(query: URLSearchParams, name: string): string | undefined {
  const exact = query.get(name);
  if (exact !== null) return exact;
  for (const [key, value] of query) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}
