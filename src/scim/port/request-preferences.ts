import type { ScimRequest } from './scim-request.ts';

/** True when the client would rather have no body (RFC 7240 §4.2: `Prefer: return=minimal`). */
export function prefersMinimal({ headers }: ScimRequest): boolean {
  return /(?:^|[,\s])return\s*=\s*"?minimal"?(?:$|[,;\s])/i.test(headers['prefer'] ?? '');
}

/**
 * A query parameter that is a list of names, by its own name in any letter case, since clients spell them freely
 * (`excludedattributes`). Given more than once, as many HTTP libraries write lists, it is one list all the same.
 */
export function listParameterOf(query: URLSearchParams, name: string): string | undefined {
  const values = [...query].filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}
