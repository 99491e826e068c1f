import type { Json } from '../../base/json.ts';
import { plainTime } from '../../scim/time/plain-time.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import type { MappingEntry } from './mapping-file.ts';

/** A mapped value; `skip`: the entry has nothing to say of this value. */
export type Transformed = { readonly value: Json } | 'skip';

/**
 * What an entry makes of a value. `null` means "no value" under any name.
 * @throws InvalidValueError naming the attribute as the client named it
 */
export function transformValue({ source = '', transform }: MappingEntry, value: Json): Transformed {
  if (transform === undefined || value === null) return { value };
  if (typeof transform === 'object' && 'constant' in transform) return { value: transform.constant };
  if (typeof value === 'object') throw new InvalidValueError(`${source}: a single value is needed.`);
  const text = String(value).trim();
  if (transform === 'boolean') return { value: readBoolean(source, text) };
  if (transform === 'date') return { value: readDate(source, text) };
  if (transform === 'lowerCase') return { value: text.toLowerCase() };
  if ('template' in transform) return { value: transform.template.replaceAll('{value}', () => text) };
  const key = Object.keys(transform.lookup).find((one) => one.toLowerCase() === text.toLowerCase());
  if (key !== undefined) return { value: transform.lookup[key]! };
  // Neither true nor false is meant: the target attribute decides whether it can be empty.
  if (text === '' && Object.values(transform.lookup).every((one) => typeof one === 'boolean')) return { value: null };
  if (transform.otherwise === 'skip') return 'skip';
  throw new InvalidValueError(
    `${source}: "${text.slice(0, 50)}" is not one of ${Object.keys(transform.lookup).join(', ')}.`,
  );
}

/** `""` is what templates of identity providers leave where there is no value. */
function readBoolean(source: string, text: string): boolean | null {
  if (text === '') return null;
  if (/^(true|yes|y|1|on)$/i.test(text)) return true;
  if (/^(false|no|n|0|off)$/i.test(text)) return false;
  throw new InvalidValueError(`${source}: "${text.slice(0, 50)}" is neither true nor false.`);
}

/**
 * A day or time in any spelling that `plainTime` knows. What has no offset keeps none: it is local to the user's zone,
 * which validation knows, else the tenant's.
 */
function readDate(source: string, text: string): string | null {
  if (text === '') return null;
  const moment = plainTime(text);
  if (moment === undefined)
    throw new InvalidValueError(
      `${source}: "${text.slice(0, 50)}" is not a date that exists, such as 2031-05-06 or 2031-05-06T07:08:09Z.`,
    );
  return moment;
}
