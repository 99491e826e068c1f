import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { findNodeAtLocation, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { isJsonObject, type Json } from './json.ts';
import { packageRoot } from './package-root.ts';
import type { Settings } from './settings.ts';

/** Thrown when the settings file cannot be used: every fault with its line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** A further check that JSON Schema cannot express; answers a sentence, or nothing. */
export type SettingsCheck = (settings: Settings) => { readonly path: readonly string[]; readonly fault: string } | undefined;

const validate = new Ajv({ useDefaults: true, allErrors: true, strict: false })
  .compile<Settings>(JSON.parse(readFileSync(join(packageRoot, 'schemas', 'settings.schema.json'), 'utf8')) as Json & object);

/**
 * Reads a tenant's settings and fills in the defaults.
 * @param file a JSON file, or undefined for the defaults alone
 * @param checks rules beyond the schema, such as the entropy of codes
 * @throws SettingsError naming file, line and attribute of every fault
 */
export function loadSettings(file: string | undefined, checks: readonly SettingsCheck[] = []): Settings {
  const text = file === undefined ? '{}' : readText(file);
  const syntax: ParseError[] = [];
  const tree = parseTree(text, syntax, { disallowComments: true });
  const lineOf = (path: readonly string[]): number => {
    for (let length = path.length; tree !== undefined && length >= 0; length -= 1) {
      const node = findNodeAtLocation(tree, [...path.slice(0, length)]);
      if (node !== undefined) return lineAt(text, node.offset);
    }
    return 1;
  };
  if (syntax.length > 0) {
    throw new SettingsError(syntax.map((error) => `${file}:${lineAt(text, error.offset)}: ${printParseErrorCode(error.error)}`).join('\n'));
  }
  const value = JSON.parse(text) as Json;
  if (!isJsonObject(value)) throw new SettingsError(`${file}:1: settings must be a JSON object`);
  if (!validate(value)) {
    throw new SettingsError((validate.errors ?? []).map((error) => `${file}:${lineOf(pathOf(error))}: ${sentence(error)}`).join('\n'));
  }
  const complete: Settings = value;
  const faults = [...ownChecks, ...checks].flatMap((check) => check(complete) ?? []);
  if (faults.length > 0) {
    throw new SettingsError(faults.map(({ path, fault }) => `${file ?? 'settings'}:${lineOf(path)}: ${path.join('.')} ${fault}`).join('\n'));
  }
  return deepFreeze(complete);
}

const ownChecks: readonly SettingsCheck[] = [
  ({ timezone }) => (isKnown(() => new Intl.DateTimeFormat('en', { timeZone: timezone })) ? undefined : { path: ['timezone'], fault: `names no time zone: '${timezone}'` }),
  ({ locale }) => (isKnown(() => new Intl.Locale(locale)) ? undefined : { path: ['locale'], fault: `is not a language tag: '${locale}'` }),
];

function isKnown(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SettingsError(`${file} cannot be read`, { cause });
  }
}

function pathOf(error: ErrorObject): string[] {
  return error.instancePath.split('/').slice(1).concat(error.keyword === 'additionalProperties' ? [String(error.params.additionalProperty)] : []);
}

function sentence(error: ErrorObject): string {
  const name = pathOf(error).join('.') || 'the file';
  if (error.keyword === 'additionalProperties') return `${name} is not a setting`;
  const allowed = error.keyword === 'enum' ? `: ${(error.params.allowedValues as unknown[]).join(', ')}` : '';
  return `${name} ${error.message ?? 'is wrong'}${allowed}`;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
