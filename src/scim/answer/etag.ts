import type { Precondition } from '../port/resource-handler.ts';
import { ScimError } from '../model/scim-error.ts';

/** The weak entity tag of a version (RFC 7644 §3.14): `W/"3"`. */
export function formatEtag(version: number): string {
  return `W/"${version}"`;
}

/**
 * Reads `If-Match` and `If-None-Match` (RFC 9110 §13.1): `*`, or a list of tags, weak or strong. Tags compare weakly,
 * since SCIM's versions are weak. A well-formed tag that this server never gives out matches no version.
 * @param headers names in lower case
 * @throws ScimError 400 naming the header when it is malformed
 */
export function parsePrecondition(headers: Readonly<Record<string, string | undefined>>): Precondition {
  const ifMatch = parseTags('If-Match', headers['if-match']);
  const ifNoneMatch = parseTags('If-None-Match', headers['if-none-match']);
  return { ...(ifMatch === undefined ? {} : { ifMatch }), ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }) };
}

/** True when the condition of If-None-Match fails, so that a read is answered 304 (RFC 9110 §13.1.2). */
export function isNotModified(precondition: Precondition, version: number): boolean {
  const tags = precondition.ifNoneMatch;
  return tags !== undefined && (tags === '*' || tags.includes(version));
}

/** RFC 9110 §8.8.3: an optional `W/`, then anything but quotes and control characters between quotes. */
const tagPattern = /[ \t]*(?:W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"[ \t]*(?:,|$)/gy;

function parseTags(name: string, header: string | undefined): readonly number[] | '*' | undefined {
  const text = header?.trim();
  if (text === undefined) return undefined;
  if (text === '*') return '*';
  const versions: number[] = [];
  let end = 0;
  for (const [whole, tag = ''] of text.matchAll(tagPattern)) {
    end += whole.length;
    if (/^[1-9]\d{0,14}$/.test(tag)) versions.push(Number(tag));
  }
  if (text === '' || end !== text.length || text.endsWith(',')) {
    throw new ScimError(400, undefined, `${name} must be * or a list of entity tags such as W/"3".`);
  }
  return versions;
}
