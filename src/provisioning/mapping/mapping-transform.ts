import type { Json } from '../../json.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import type { MappingEntry } from './mapping-file.ts';

/** A mapped value; `skip`: the entry has nothing to say of this value. */
export type Transformed = { readonly value: Json } | 'skip';

/**
 * What an entry makes of a value. `null` means "no value" under any name.
 * @throws InvalidValueError naming the attribute as the client named it
 */
export function transformValue({ source, transform }: MappingEntry, value: Json): Transformed {
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
  // Of true and false none is meant: the attribute that they stand for says whether it can be empty.
  if (text === '' && Object.values(transform.lookup).every((one) => typeof one === 'boolean')) return { value: null };
  if (transform.otherwise === 'skip') return 'skip';
  throw new InvalidValueError(
    `${source}: "${text.slice(0, 50)}" is none of ${Object.keys(transform.lookup).join(', ')}.`,
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
 * ISO 8601 in full or as a date alone (midnight UTC), and the directories' `20270104080000Z`, with or without a
 * fraction.
 */
function readDate(source: string, text: string): string | null {
  if (text === '') return null;
  const directory = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z)?$/.exec(text);
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = directory ?? [];
  const iso = directory === null ? text : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  const time = /^\d{4}-\d\d-\d\d/.test(iso) ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidValueError(`${source}: "${text.slice(0, 50)}" is no date.`);
  // A moment that is written in full stays as the client wrote it.
  return /T.+(Z|[+-]\d\d:?\d\d)$/i.test(iso) ? iso : new Date(time).toISOString();
}
