/** A path of a mapping file, taken apart. */
export interface AttributePlace {
  /** The URN in front, as written. */
  readonly schema?: string;
  readonly attribute: string;
  readonly subAttribute?: string;
  /** The ways clients write it as one key or path, in lower case. */
  readonly spellings: readonly string[];
}

/**
 * Takes `attribute`, `attribute.sub` or `urn:…:attribute.sub` apart. A URN may hold dots (`2.0`): its end is the last
 * colon.
 */
export function placeOf(path: string): AttributePlace {
  const colon = path.lastIndexOf(':');
  const [attribute = '', subAttribute] = path.slice(colon + 1).split('.', 2);
  const inner = subAttribute === undefined ? {} : { subAttribute };
  if (colon < 0) return { attribute, ...inner, spellings: [path.toLowerCase()] };
  const schema = path.slice(0, colon);
  const rest = path.slice(colon + 1);
  // Entra writes a dot after the URN where a colon belongs.
  return { schema, attribute, ...inner, spellings: [path.toLowerCase(), `${schema}.${rest}`.toLowerCase()] };
}
