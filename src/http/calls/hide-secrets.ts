import { withFlags } from '../../text/any-of.ts';
import { isSecretName } from '../../text/secret-name.ts';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { ResourceTypes } from '../../scim/model/resource-type.ts';
import type { Attribute } from '../../scim/model/schema.ts';

/** Removes from a request what must not be logged, and keeps the rest readable. */
export interface HideSecrets {
  /**
   * A body: the values of secret attributes and whatever looks like a token. That they were there can still be seen.
   */
  body(body: Json): Json;
  /** A filter or path: the values that a secret attribute is compared with, quoted or not. */
  text(text: string): string;
  /** The query of a URL. */
  query(query: string): string;
  /** The path of a URL: what looks like a token, and what a secret name in it has as its value. */
  path(path: string): string;
  /** A sentence, such as the detail of an error: the same. */
  prose(text: string): string;
}

const hidden = '***';

/** Characters of a text that is searched for names. */
const longestProse = 4000;

/** JSON Web Tokens, our own tokens, and anything said to be one. */
const tokenLike =
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\blk_(?:at_[\w.-]{20,}|[\w-]{20,})|\b(?:Bearer|Basic)(?: +|%20|\+)[\w.~+/=-]{8,}/gi;

/** A name, what joins it to a value, and the value: `password eq "x"`, `token=x`, `x-api-key: x`. */
const named = withFlags(
  'gi',
  /(?<![\w$.-])([\w$.-]{1,200})/,
  /((?:"|%22)?(?:(?: |%20|\+)+(?:eq|ne|co|sw|ew|gt|ge|lt|le)(?: |%20|\+)+| ?(?:=|:|%3D|%3A)+ ?))/,
  /("(?:[^"\\]|\\.)*"?|[^\s&;,)\]}"'/?#]+)/,
);

/** Something of which every match of `tokenLike` and `named` has some: most paths have none of it. */
const suspicious = /[ =:+%]|eyJ|lk_/i;

/** What a comparison in a filter has on its right. */
const compared = /(\s(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+)(?!"|(?:true|false|null)\b)[^\s()[\]]+/gi;

/** A private address, given for one mail alone: who may know it reads it on the user. */
const privateNames = ['notificationemail'];

/** Whose text names the attribute that `value` beside it belongs to, as in a PATCH, or in lists of properties. */
const naming = /^(?:path|key|name|attribute|property)$/i;

/**
 * Learns from the schemas what is secret: every attribute that is never returned; and knows what is, by its name.
 * @param types shipped and configured
 */
export function createHideSecrets(types: ResourceTypes): HideSecrets {
  const names = new Set([...privateNames, ...types.schemas().flatMap(({ attributes }) => neverReturned(attributes))]);
  const isSecret = (name: string) =>
    name.split(/[^\w$-]+/).some((part) => names.has(part.toLowerCase()) || isSecretName(part));
  const text = (filter: string) =>
    isSecret(filter)
      ? prose(filter.replace(/"(?:[^"\\]|\\.)*"?/g, `"${hidden}"`).replace(compared, `$1${hidden}`))
      : prose(filter);
  const prose = (sentence: string): string => {
    if (!suspicious.test(sentence)) return sentence;
    const shown = sentence.replace(tokenLike, hidden);
    if (shown.length > longestProse) return shown;
    return shown.replace(named, (whole, name: string, joint: string, value: string) =>
      !isSecret(name) || isFlag(value) || value === `"${hidden}"` ? whole : `${name}${joint}${hidden}`,
    );
  };

  const body = (value: Json): Json => {
    if (typeof value === 'string') return prose(value);
    if (Array.isArray(value)) return value.map(body);
    return isJsonObject(value) ? members(value) : value;
  };
  const members = (object: JsonObject): JsonObject => {
    const isSecretValue = Object.entries(object).some(
      ([name, value]) => naming.test(name) && typeof value === 'string' && isSecret(value),
    );
    return Object.fromEntries(
      Object.entries(object).map(([name, value]) => {
        if (typeof value === 'string' && /^(?:filter|path)$/i.test(name)) return [name, text(value)];
        return [
          name,
          isSecret(name) || (isSecretValue && name.toLowerCase() === 'value') ? masked(value) : body(value),
        ];
      }),
    );
  };
  const parameter = (name: string, value: string): string => (isSecret(name) && !isFlag(value) ? hidden : text(value));
  return {
    body,
    text,
    prose,
    path: prose,
    query: (query) => {
      const parameters = [...new URLSearchParams(query)];
      const shown = parameters.map(([name, value]): [string, string] => [name, parameter(name, value)]);
      if (shown.every(([, value], index) => value === parameters[index]![1])) return query;
      return new URLSearchParams(shown).toString().replaceAll('%2A%2A%2A', hidden);
    },
  };
}

function neverReturned(attributes: readonly Attribute[]): string[] {
  return attributes.flatMap(({ name, returned, subAttributes = [] }) => [
    ...(returned === 'never' ? [name.toLowerCase()] : []),
    ...neverReturned(subAttributes),
  ]);
}

/** A flag such as `sendPassword` is not a secret, however it is spelt, and what is absent cannot be one. */
function masked(value: Json): Json {
  return value === null || typeof value === 'boolean' || (typeof value === 'string' && isFlag(value)) ? value : hidden;
}

function isFlag(text: string): boolean {
  return /^"?(?:true|false|null)?"?$/i.test(text);
}
