import type { JsonObject } from '../../base/json.ts';

/** What one cell of a table holds: text, or what a workbook knows better than its text. */
export type Cell =
  | string
  | boolean
  | { readonly number: string }
  /** A day, or a day and time without a zone. */
  | { readonly date: string }
  | { readonly error: string };

/** What was found out about a file before its first row. */
export interface FileAbout {
  readonly kind: 'about';
  readonly format: 'csv' | 'xlsx' | 'jsonl' | 'bulk';
  readonly encoding?: string;
  readonly delimiter?: string;
  /** The headings as they are written; of JSON none. */
  readonly headings: readonly string[];
  /** What people should look at before they approve: sentences. */
  readonly notes: readonly string[];
}

/** One row of a table. */
export interface TableRow {
  readonly kind: 'row';
  /** Where it begins, counted from 1. */
  readonly line: number;
  readonly cells: readonly Cell[];
}

/** One SCIM User, or an object with the headings as its names. */
export interface ObjectRow {
  readonly kind: 'object';
  readonly line: number;
  readonly object: JsonObject;
}

/** A row that cannot be read. */
export interface FileFault {
  readonly kind: 'fault';
  readonly line: number;
  readonly reason: string;
  /** The row as it was, for the errors file. */
  readonly cells: readonly string[];
}

/** What reading a file yields: `about` first, then its rows in their order. */
export type FileItem = FileAbout | TableRow | ObjectRow | FileFault;

/** How a cell reads in an errors file. */
export function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'boolean') return String(cell);
  if ('date' in cell) return cell.date;
  return 'number' in cell ? cell.number : cell.error;
}
