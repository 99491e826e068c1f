import { anyOf, withFlags } from '../../text/any-of.ts';
import { isSecretName } from '../../text/secret-name.ts';
import { hideLongWords, isId } from './logged-path.ts';
import { hidePresented } from './presented-secrets.ts';
import { createShowNamedOnly } from './show-named-only.ts';
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
  /**
   * The same for the call of a caller that presented these as its credentials: they are hidden wherever it repeats
   * them, of whatever shape they are.
   */
  presenting(secrets: readonly string[]): HideSecrets;
}

const hidden = '***';

/** Characters of a text that is searched for names. */
const longestProse = 4000;

/**
 * JSON Web Tokens, our own tokens, anything said to be one, and what has the alphabet and length of a mailed link's
 * token, with what mail programs put in front of it.
 */
const tokenLike = new RegExp(
  anyOf(
    /(?<![\w-])(?:3D)?[\w-]{43}(?![\w-])|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/,
    /\blk_(?:at_[\w.-]{20,}|[\w-]{20,})|\b(?:Bearer|Basic)(?: +|%20|\+)[\w.~+/=-]{8,}/,
  ),
  'gi',
);

/** A name, what joins it to a value, and the value: `password eq "x"`, `token=x`, `x-api-key: x`. */
const named = withFlags(
  'gi',
  /(?<![\w$.-])([\w$.-]{1,200})/,
  /((?:"|%22)?(?:(?: |%20|\+)+(?:eq|ne|co|sw|ew|gt|ge|lt|le)(?: |%20|\+)+| ?(?:=|:|%3D|%3A)+ ?))/,
  /("(?:[^"\\]|\\.)*"?|[^\s&;,)\]}"'/?#]+)/,
);

/** Something of which every match of `tokenLike` and `named` has some: most paths have none of it. */
const suspicious = /[ =:+%]|eyJ|lk_/i;

/** What nearly all calls have as their path: a collection, or one of its resources by an id of ours. */
const plainPath = /^\/[a-z]{1,30}(?:\/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12})?$/i;

/** What follows a secret attribute's name as if it were its sub-attribute: `password.tulip`. */
const below = /(?<![\w$-])([\w$-]{1,100})([.:])([\w$-][^\s&;,)\]}"'/?#]*)/g;

/** A private address, given for one mail alone: who may know it reads it on the user. */
const privateNames = ['notificationemail'];

/** Whose text is a filter, a path or a list of attributes, in a PATCH, a search or a Bulk request. */
const asking = /^(?:filter|path|sortBy|attributes|excludedAttributes)$/i;

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
  const namedOnly = createShowNamedOnly(types, isSecret);
  const text = (filter: string): string => {
    if (!isSecret(filter)) return prose(filter);
    if (!filter.startsWith('/')) return namedOnly(filter.replace(tokenLike, hidden));
    // The path of an operation of Bulk is a URL's.
    const [path = '', ...query] = filter.split('?');
    return prose(path) + query.map((one) => `?${queryOf(one)}`).join('');
  };
  const prose = (sentence: string): string => {
    if (!suspicious.test(sentence)) return sentence;
    const shown = sentence.replace(tokenLike, hidden);
    if (shown.length > longestProse) return shown;
    return shown
      .replace(named, (whole, name: string, joint: string, value: string) =>
        !isSecret(name) || isFlag(value) || value === `"${hidden}"` ? whole : `${name}${joint}${hidden}`,
      )
      .replace(below, (whole, name: string, joint: string) =>
        names.has(name.toLowerCase()) ? `${name}${joint}${hidden}` : whole,
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
        if (typeof value === 'string' && asking.test(name)) return [name, text(value)];
        if (Array.isArray(value) && asking.test(name))
          return [name, value.map((one) => (typeof one === 'string' ? text(one) : body(one)))];
        return [
          name,
          isSecret(name) || (isSecretValue && name.toLowerCase() === 'value') ? masked(value) : body(value),
        ];
      }),
    );
  };
  const parameter = (name: string, value: string): string => (isSecret(name) && !isFlag(value) ? hidden : text(value));
  const queryOf = (query: string): string => {
    const parameters = [...new URLSearchParams(query)];
    const shown = parameters.map(([name, value]): [string, string] => [name, parameter(name, value)]);
    if (shown.every(([, value], index) => value === parameters[index]![1])) return query;
    return new URLSearchParams(shown).toString().replaceAll('%2A%2A%2A', hidden);
  };
  const path = (whole: string) =>
    plainPath.test(whole) ? whole : hideLongWords(behindNames(prose(whole), isSecretName));
  const hide = { body, text, prose, path, query: queryOf };
  return { ...hide, presenting: (secrets) => presenting(hide, secrets) };
}

function presenting(hide: Omit<HideSecrets, 'presenting'>, secrets: readonly string[]): HideSecrets {
  const without = (text: string) => hidePresented(text, secrets);
  return {
    body: (body) => hide.body(withoutIn(body, without)),
    text: (text) => hide.text(without(text)),
    query: (query) => hide.query(without(query)),
    path: (path) => hide.path(without(path)),
    prose: (text) => hide.prose(without(text)),
    presenting: (more) => presenting(hide, [...secrets, ...more]),
  };
}

function withoutIn(body: Json, without: (text: string) => string): Json {
  if (typeof body === 'string') return without(body);
  if (Array.isArray(body)) return body.map((one) => withoutIn(one, without));
  if (!isJsonObject(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [without(name), withoutIn(value, without)]));
}

/** Hides the part of a path that follows the name of a secret: `/password/tulip`. */
function behindNames(path: string, isSecret: (name: string) => boolean): string {
  const parts = path.split('/');
  return parts
    .map((part, index) => {
      const before = parts[index - 1] ?? '';
      const isHidden = part !== '' && /^[\w-]+$/.test(before) && isSecret(before) && !isId(part);
      return isHidden ? hidden : part;
    })
    .join('/');
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
