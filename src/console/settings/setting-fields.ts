import { readFileSync } from 'node:fs';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { packageFile } from '../../base/package-root.ts';

/** One setting, as `schemas/settings.schema.json` has it. */
export interface SettingField {
  /** `onboarding.invitationMethod`. */
  readonly name: string;
  readonly path: readonly string[];
  /** The first part of the path; `general` for a setting at the top. */
  readonly group: string;
  /** What it does, in English, as the documentation has it. */
  readonly description: string;
  readonly kind: 'switch' | 'choice' | 'number' | 'text' | 'json';
  readonly choices: readonly string[];
  /** Whether it can be not set (`null`), which an empty field means. */
  readonly nullable: boolean;
}

/** Every setting of the schema, in its order. */
export function settingFields(): readonly SettingField[] {
  const schema = JSON.parse(readFileSync(packageFile('schemas/settings.schema.json'), 'utf8')) as Json;
  return fieldsOf(schema, []);
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
  const choices = Array.isArray(node['enum']) ? node['enum'].filter((one) => typeof one === 'string') : [];
  return {
    name: path.join('.'),
    path,
    group: path.length > 1 ? path[0]! : node['type'] === 'array' ? path[0]! : 'general',
    description,
    kind: kindOf(node, choices),
    choices,
    nullable: Array.isArray(node['type']) && node['type'].includes('null'),
  };
}

function kindOf(node: JsonObject, choices: readonly string[]): SettingField['kind'] {
  if (choices.length > 0 && Array.isArray(node['enum']) && choices.length === node['enum'].length) return 'choice';
  const types = Array.isArray(node['type']) ? node['type'].filter((one) => one !== 'null') : [node['type']];
  switch (types.length === 1 ? types[0] : undefined) {
    case 'boolean':
      return 'switch';
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    default:
      return 'json';
  }
}
