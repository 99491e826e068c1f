import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { sentenceOf } from '../../base/schema-sentence.ts';
import { findNodeAtLocation, type Node, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { shippedSchema } from '../../base/json-file.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { lazily } from '../../base/lazily.ts';
import { packageRoot } from '../../base/package-root.ts';

/** What becomes of a mapped value. */
export type Transform =
  | 'boolean'
  | 'date'
  | 'lowerCase'
  | { readonly constant: Json }
  | { readonly lookup: Readonly<Record<string, Json>>; readonly otherwise?: 'refuse' | 'skip' }
  | { readonly template: string };

/** One line of a mapping file (`schemas/mapping.schema.json`). */
export interface MappingEntry {
  readonly resourceType: string;
  /** Absent only beside a constant. */
  readonly source?: string;
  readonly target: string;
  readonly wins: boolean;
  readonly transform?: Transform;
}

/** One mapping file. */
export interface MappingFile {
  /** Its name without `.json`: the client's, or `default`. */
  readonly name: string;
  readonly includeDefault: boolean;
  readonly entries: readonly MappingEntry[];
}

/** Thrown when mapping files cannot be used: every fault with file and line. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}

/** A further check of an entry that a schema cannot express: says what is wrong with it, or nothing. */
export type EntryCheck = (entry: MappingEntry) => string | undefined;

const compiled = lazily(() =>
  new Ajv({ ...shippedSchema, useDefaults: true, allErrors: true, allowUnionTypes: true }).compile<
    Omit<MappingFile, 'name'>
  >(JSON.parse(readFileSync(join(packageRoot, 'schemas', 'mapping.schema.json'), 'utf8')) as JsonObject),
);

/**
 * Reads every `*.json` of some folders; of two files of one name the one in the later folder counts.
 * @throws MappingError listing all faults of all files
 */
export function loadMappings(folders: readonly string[], check: EntryCheck): readonly MappingFile[] {
  const faults: string[] = [];
  const files = new Map<string, MappingFile>();
  for (const folder of folders) {
    for (const name of readdirSync(folder)
      .filter((one) => one.endsWith('.json'))
      .sort()) {
      const file = readMapping(join(folder, name), check, faults);
      if (file !== undefined) files.set(file.name.toLowerCase(), file);
    }
  }
  if (faults.length > 0) throw new MappingError(faults.join('\n'));
  return [...files.values()];
}

function readMapping(file: string, check: EntryCheck, faults: string[]): MappingFile | undefined {
  const text = readFileSync(file, 'utf8');
  const before = faults.length;
  const syntax: ParseError[] = [];
  const tree = parseTree(text, syntax, { disallowComments: true });
  const at = (offset: number, fault: string): void => {
    faults.push(`${file}:${text.slice(0, offset).split('\n').length}: ${fault}`);
  };
  for (const { offset, error } of syntax) at(offset, printParseErrorCode(error));
  if (tree === undefined || syntax.length > 0) {
    if (syntax.length === 0) at(0, 'the file is empty');
    return undefined;
  }
  const value = JSON.parse(text) as Json;
  const validate = compiled();
  if (!validate(value)) {
    for (const error of worstFirst(validate.errors ?? [])) at(offsetOf(tree, pathOf(error)), sentence(error));
    return undefined;
  }
  const mapping: Omit<MappingFile, 'name'> = value;
  mapping.entries.forEach((entry, index) => {
    const fault = check(entry);
    if (fault !== undefined) at(offsetOf(tree, ['entries', index]), fault);
  });
  return faults.length > before ? undefined : { ...mapping, name: basename(file, '.json') };
}

/** Of the branches of a `oneOf` none can be blamed: it is the `oneOf` that says what is wrong. */
function worstFirst(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === 'oneOf').map(({ instancePath }) => instancePath);
  return errors.filter(
    ({ keyword, instancePath }) => keyword === 'oneOf' || !choices.some((choice) => instancePath.startsWith(choice)),
  );
}

function pathOf({ instancePath, keyword, params }: ErrorObject): (string | number)[] {
  const steps = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const path = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return keyword === 'additionalProperties' ? [...path, String(params['additionalProperty'])] : path;
}

function offsetOf(tree: Node, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node !== undefined) return node.offset;
  }
  return tree.offset;
}

function sentence(error: ErrorObject): string {
  const name = pathOf(error).join('.') || 'the file';
  if (error.keyword === 'additionalProperties') return `${name} is not known here`;
  if (error.keyword === 'oneOf')
    return `${name} must be "boolean", "date", "lowerCase", or one of {"constant"}, {"lookup"}, {"template"}`;
  return `${name} ${sentenceOf(error)}`;
}
