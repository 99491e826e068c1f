import { readFileSync } from 'node:fs';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { packageFile } from '../../base/package-root.ts';

/**
 * How a setting is entered: `hours` is from one time of day to another, `many` ticks several, `list` is words or
 * numbers with commas between them, `rows`
 * has a row for each of its entries, with its name first.
 */
export type SettingKind =
  'switch' | 'choice' | 'number' | 'text' | 'color' | 'url' | 'hours' | 'many' | 'list' | 'rows';

/** One setting, as `schemas/settings.schema.json` has it. */
export interface SettingField {
  /** `onboarding.invitationMethod`. */
  readonly name: string;
  readonly path: readonly string[];
  /** The first part of the path; `general` for a setting at the top. */
  readonly group: string;
  /** What it does, in English, as the documentation has it. */
  readonly description: string;
  readonly kind: SettingKind;
  /** Of a choice, and of several. */
  readonly choices: readonly string[];
  /** Of rows: the columns behind the name; `value` alone where an entry is one of the choices. */
  readonly columns?: readonly string[];
  /** Of a list: capital letters alone. */
  readonly isUpper?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** Whether it can be not set (`null`), which an empty field means. */
  readonly nullable: boolean;
}

/** Those that have pages of their own. */
const elsewhere: readonly string[] = ['webhooks'];

/** Every setting of the schema that has no page of its own, in its order. */
export function settingFields(): readonly SettingField[] {
  const schema = JSON.parse(readFileSync(packageFile('schemas/settings.schema.json'), 'utf8')) as Json;
  return fieldsOf(schema, []).filter(({ name }) => !elsewhere.includes(name));
}

/** The value at a setting's path. */
export function valueAt(settings: JsonObject, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, part) => (isJsonObject(at) ? at[part] : undefined), settings);
}

/** A merge patch (RFC 7396) that sets one path. */
export function patchAt(path: readonly string[], value: Json): JsonObject {
  const [first = '', ...rest] = path;
  return { [first]: rest.length === 0 ? value : patchAt(rest, value) };
}

function fieldsOf(node: Json | undefined, path: readonly string[]): readonly SettingField[] {
  if (!isJsonObject(node)) return [];
  if (typeof node['description'] === 'string' && path.length > 0) return [fieldOf(node, path, node['description'])];
  const properties = node['properties'];
  return isJsonObject(properties)
    ? Object.entries(properties).flatMap(([name, child]) => fieldsOf(child, [...path, name]))
    : [];
}

function fieldOf(node: JsonObject, path: readonly string[], description: string): SettingField {
  const choices = choicesOf(node);
  const { minimum, maximum } = node;
  return {
    name: path.join('.'),
    path,
    group: path.length > 1 ? path[0]! : 'general',
    description,
    kind: kindOf(node, path, choices),
    choices,
    ...(typeof minimum === 'number' ? { min: minimum } : {}),
    ...(typeof maximum === 'number' ? { max: maximum } : {}),
    ...columnsOf(node),
    ...(isJsonObject(node['items']) && node['items']['pattern'] === '^[A-Z]{2}$' ? { isUpper: true } : {}),
    nullable: Array.isArray(node['type']) && node['type'].includes('null'),
  };
}

function columnsOf({ additionalProperties: entry }: JsonObject): { readonly columns?: readonly string[] } {
  if (!isJsonObject(entry)) return {};
  return { columns: isJsonObject(entry['properties']) ? Object.keys(entry['properties']) : ['value'] };
}

function choicesOf(node: JsonObject): readonly string[] {
  const items = [node['items'], node['additionalProperties']].find(isJsonObject) ?? node;
  return Array.isArray(items['enum']) ? items['enum'].filter((one) => typeof one === 'string') : [];
}

function kindOf(node: JsonObject, path: readonly string[], choices: readonly string[]): SettingKind {
  const types = Array.isArray(node['type']) ? node['type'].filter((one) => one !== 'null') : [node['type']];
  if (types[0] === 'array') return choices.length > 0 ? 'many' : 'list';
  if (isJsonObject(node['additionalProperties'])) return 'rows';
  if (choices.length > 0) return 'choice';
  switch (types[0]) {
    case 'boolean':
      return 'switch';
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      if (path.at(-1) === 'color') return 'color';
      return /url$/i.test(path.at(-1) ?? '') ? 'url' : 'text';
    case undefined:
      return 'hours';
    default:
      throw new Error(`the setting ${path.join('.')} needs an input of its own`);
  }
}
