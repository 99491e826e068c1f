import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { ResourceTypes } from '../../scim/model/resource-type.ts';
import type { Attribute } from '../../scim/model/schema.ts';

/** Takes out of a request what no log may hold, and leaves the rest readable. */
export interface HideSecrets {
  /**
   * A body: the values of secret attributes and whatever looks like a token. That they were there can still be seen.
   */
  body(body: Json): Json;
  /** A filter or path: the values that a secret attribute is compared with. */
  text(text: string): string;
  /** A query as it stands in a URL. */
  query(query: string): string;
}

const hidden = '***';

/** Names of secrets that no schema of ours knows. */
const secretName = /(?:passw(?:or)?d|passphrase|secret|token|credentials?|api_?key)$|^(?:pwd|otp|pin)$/i;

/** JSON Web Tokens, our own tokens, and anything said to be one. */
const tokenLike = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\blk_[\w-]{20,}|\b(?:Bearer|Basic) +[\w.~+/=-]{8,}/g;

/** A private address, given for one mail alone: who may know it reads it on the user. */
const privateNames = ['notificationemail'];

/**
 * Learns from the schemas what is secret: every attribute that is never returned.
 * @param types shipped and configured
 */
export function createHideSecrets(types: ResourceTypes): HideSecrets {
  const names = new Set([...privateNames, ...types.schemas().flatMap(({ attributes }) => neverReturned(attributes))]);
  const isSecret = (name: string) =>
    name.split(/[^\w$-]+/).some((part) => names.has(part.toLowerCase()) || secretName.test(part));
  const text = (filter: string) => (isSecret(filter) ? filter.replace(/"(?:[^"\\]|\\.)*"?/g, `"${hidden}"`) : filter);

  const body = (value: Json): Json => {
    if (typeof value === 'string') return value.replace(tokenLike, hidden);
    if (Array.isArray(value)) return value.map(body);
    return isJsonObject(value) ? members(value) : value;
  };
  const members = (object: JsonObject): JsonObject => {
    const path = Object.entries(object).find(([name]) => name.toLowerCase() === 'path')?.[1];
    const isSecretPath = typeof path === 'string' && isSecret(path);
    return Object.fromEntries(
      Object.entries(object).map(([name, value]) => {
        if (typeof value === 'string' && /^(?:filter|path)$/i.test(name)) return [name, text(value)];
        return [name, isSecret(name) || (isSecretPath && name.toLowerCase() === 'value') ? masked(value) : body(value)];
      }),
    );
  };
  return {
    body,
    text,
    query: (query) => {
      const parameters = new URLSearchParams(query);
      if (![...parameters.values()].some((value) => text(value) !== value)) return query;
      return new URLSearchParams(
        [...parameters].map(([name, value]): [string, string] => [name, text(value)]),
      ).toString();
    },
  };
}

function neverReturned(attributes: readonly Attribute[]): string[] {
  return attributes.flatMap(({ name, returned, subAttributes = [] }) => [
    ...(returned === 'never' ? [name.toLowerCase()] : []),
    ...neverReturned(subAttributes),
  ]);
}

/** A flag such as `sendPassword` is no secret, however it is spelt, and what is absent cannot be one. */
function masked(value: Json): Json {
  return value === null || typeof value === 'boolean' || (typeof value === 'string' && /^(?:true|false)?$/i.test(value))
    ? value
    : hidden;
}
