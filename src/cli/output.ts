import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';

/** How a command shows what it has done. */
export interface Output {
  /** Writes an answer: as JSON when asked for or when the output is not a terminal, else as `text` writes it. */
  show(answer: Json | undefined, text: () => string): void;
  /** Writes what people alone read, such as progress; nothing where the answer is JSON. */
  say(sentence: string): void;
}

/** What the commands that show answers have in common. */
export interface OutputOptions {
  readonly json?: boolean;
}

/**
 * Makes the output of a command.
 * @param json asked for by `--json`; without it text where standard output is a terminal, JSON elsewhere
 */
export function createOutput({ json }: OutputOptions): Output {
  const asJson = json === true || !process.stdout.isTTY;
  return {
    show: (answer, text) => {
      process.stdout.write(`${asJson ? JSON.stringify(answer ?? null, undefined, 2) : text()}\n`);
    },
    say: (sentence) => {
      if (!asJson) process.stderr.write(`${sentence}\n`);
    },
  };
}

/** A cell longer than this is cut in a table, in characters; `--json` has it whole. */
const longestCell = 60;

/**
 * A table for a terminal: a heading and a line for each row, in columns.
 * @param columns heading and the path of the value, such as `user.userName`
 * @param rows what is not an object shows as an empty line
 */
export function tableOf(columns: readonly (readonly [heading: string, path: string])[], rows: readonly Json[]): string {
  if (rows.length === 0) return '(none)';
  const cells = [
    columns.map(([heading]) => heading),
    ...rows.map((row) => columns.map(([, path]) => cellOf(valueAt(row, path)))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An object as lines `name  value`, what is nested indented. */
export function linesOf(object: JsonObject, indent = ''): string {
  const width = Math.max(...Object.keys(object).map((name) => name.length), 0);
  return Object.entries(object)
    .map(([name, value]) =>
      isJsonObject(value) && Object.keys(value).length > 0
        ? `${indent}${name}\n${linesOf(value, `${indent}  `)}`
        : `${indent}${name.padEnd(width)}  ${cellOf(value, Infinity)}`,
    )
    .join('\n');
}

/** The value at a path of names; undefined where there is none. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), value);
}

/** The text at a path; of what is not a text its JSON, of nothing an empty text. */
export function textAt(value: Json | undefined, path: string): string {
  const found = valueAt(value, path);
  return found === undefined ? '' : typeof found === 'string' ? found : JSON.stringify(found);
}

/** The list at a path; empty where there is none. */
export function listAt(value: Json | undefined, path: string): readonly Json[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** Controls never reach the terminal: a name may hold what moves its cursor. */
function cellOf(value: Json | undefined, longest = longestCell): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const flat = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  return flat.length > longest ? `${flat.slice(0, longest - 1)}…` : flat;
}
