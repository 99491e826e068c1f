import { parseAttributePath } from '../model/attribute-path.ts';
import type { Filter } from './filter.ts';
import { parseFilter } from './filter-parser.ts';
import type { AttributePath } from '../model/resource-type.ts';
import { InvalidPathError } from '../model/scim-error.ts';

/** A PATCH path taken apart (RFC 7644 §3.5.2, figure 7). */
export interface PatchPath {
  /** The attribute; its `subAttribute` is what follows the dot of a path without a filter. */
  readonly path: AttributePath;
  /** The value filter between the brackets; its attributes are the element's. */
  readonly filter?: Filter;
  /** What follows the dot after the brackets. */
  readonly subAttribute?: string;
}

/** The most characters a path may have; the filter in it is bounded as any filter is. */
export const maxPathLength = 8192;

/**
 * Parses a PATCH path: `attrPath / valuePath [subAttr]`. What it names is looked up later, in the resource type.
 * @throws InvalidPathError with the 1-based position of what is wrong; InvalidFilterError from within the brackets
 *   (RFC 7644 §3.12, table 9)
 */
export function parsePath(text: string): PatchPath {
  if (text.length > maxPathLength) throw new InvalidPathError(`The path is longer than ${maxPathLength} characters.`);
  const open = text.indexOf('[');
  if (open < 0) {
    //  urn:…:2.0:User:name.familyName
    //                 ^^^^^^^^^^^^^^^
    return { path: attributePath(text, text) };
  }
  //  emails[type eq "work"].value
  //  ^^^^^^
  const path = attributePath(text, text.slice(0, open));
  //  emails[type eq "work"].value
  //        ^^^^^^^^^^^^^^^^
  // The last bracket closes: one inside a quoted value cannot be the last, and no name has one.
  const close = text.lastIndexOf(']');
  if (close < open) throw invalidPath(text, open, 'the bracket that opens here is never closed');
  const filter = parseFilter(text.slice(open + 1, close));
  //  emails[type eq "work"].value
  //                        ^^^^^^
  const rest = text.slice(close + 1);
  if (rest === '') return { path, filter };
  if (!rest.startsWith('.'))
    throw invalidPath(text, close + 1, 'only a dot and a sub-attribute may follow the brackets');
  const { schema, attribute, subAttribute } = attributePath(text, rest.slice(1), close + 2);
  if (schema !== undefined || subAttribute !== undefined)
    throw invalidPath(text, close + 2, 'here the name of a sub-attribute is expected');
  return { path, filter, subAttribute: attribute };
}

function attributePath(text: string, part: string, position = 0): AttributePath {
  const path = parseAttributePath(part);
  if (path === undefined) throw invalidPath(text, position, 'here the name of an attribute is expected');
  return path;
}

function invalidPath(text: string, position: number, reason: string): InvalidPathError {
  return new InvalidPathError(`The path "${text.slice(0, 200)}" is malformed at character ${position + 1}: ${reason}.`);
}
