import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { omit } from '../../base/omit.ts';
import { columnsOf, ownHeadings, type Column, type Mapping } from '../file/columns.ts';
import type { Cell } from '../file/file-item.ts';
import { headings, type ColumnKind } from '../file/headings.ts';
import { withoutMark } from '../file/formula-mark.ts';
import { ImportFileError } from '../file/import-file-error.ts';
import { readCell, type DateOrder } from '../file/read-cell.ts';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

/** A row as it is kept: the cells of a table, or an object of a JSON file. */
export interface StoredRow {
  readonly line: number;
  readonly cells?: readonly Cell[];
  readonly object?: JsonObject;
}

/** A value and where it goes, as a path of a PATCH. */
export interface Want {
  readonly path: string;
  readonly value: Json;
}

/** What a row says of a person. What it does not say is not there: it is never taken for nothing. */
export interface ImportPerson {
  readonly line: number;
  readonly userName?: string;
  readonly externalId?: string;
  readonly wants: readonly Want[];
  /** The manager's externalId. */
  readonly manager?: string;
  /** Names of groups. */
  readonly groups: readonly string[];
  /** A whole SCIM User, in place of wants. */
  readonly resource?: JsonObject;
}

/** How rows are read. */
export interface RowReading {
  readonly columns: readonly Column[];
  readonly dates: DateOrder;
  readonly mapping: Mapping;
  readonly userType: ResourceType;
}

/** A person, or why the row is refused: the heading and a sentence. */
export type RowRead = { readonly person: ImportPerson } | { readonly reason: string };

/** Reads what a row says. Pure. */
export function personOfRow(row: StoredRow, reading: RowReading): RowRead {
  if (row.object === undefined) return personOfCells(row.line, row.cells ?? [], reading.columns, reading.dates);
  return isFlat(row.object) ? personOfFlat(row.line, row.object, reading) : personOfScim(row.line, row.object);
}

/**
 * Checks that the names of an object are headings, so that an unknown one stops the import as in a table.
 * @throws ImportFileError with the line
 */
export function checkObject(line: number, object: JsonObject, { mapping, userType }: RowReading): void {
  if (isFlat(object)) columnsOf(Object.keys(object), usedOf(mapping, object), userType, line);
}

function personOfCells(line: number, cells: readonly Cell[], columns: readonly Column[], dates: DateOrder): RowRead {
  const wants: Want[] = [];
  let manager: string | undefined;
  let groups: readonly string[] = [];
  const faults: string[] = [];
  // An errors file marks what a spreadsheet would run.
  const isMarked = columns.some(({ name }) => ownHeadings.includes(name));
  for (const [index, { name, kind, paths }] of columns.entries()) {
    if (kind === 'ignored') continue;
    const cell = cells[index] ?? '';
    const read = readCell(isMarked && typeof cell === 'string' ? withoutMark(cell) : cell, kind, dates);
    if (read === undefined) continue;
    if ('fault' in read) faults.push(`${name}: ${read.fault}`);
    else if (kind === 'groups') groups = read.value as string[];
    else if (kind === 'manager') manager = read.value as string;
    else for (const path of paths) wants.push({ path, value: read.value });
  }
  if (faults.length > 0) return { reason: faults.join(' ') };
  return known({ line, wants, groups, ...(manager === undefined ? {} : { manager }) });
}

function personOfFlat(line: number, object: JsonObject, { mapping, userType, dates }: RowReading): RowRead {
  const names = Object.keys(object);
  let columns: readonly Column[];
  try {
    columns = columnsOf(names, usedOf(mapping, object), userType, line);
  } catch (cause) {
    if (cause instanceof ImportFileError) return { reason: cause.message };
    throw cause;
  }
  const numbers = columns.filter((column) => typeof object[column.name] === 'number' && isText(column));
  if (numbers.length > 0) {
    const faults = numbers.map(({ name }) => {
      const value = JSON.stringify(object[name]);
      return `${name}: ${value} is a number here, and a text is expected. Write it in quotes: "${value}".`;
    });
    return { reason: faults.join(' ') };
  }
  return personOfCells(
    line,
    names.map((name) => cellOf(object[name])),
    columns,
    dates,
  );
}

/** Whether what a heading means is a text: a number has lost its leading zeros, and more. */
function isText({ kind, paths }: Column): boolean {
  return (
    kind !== 'flag' && kind !== 'ignored' && headings.some((one) => one.paths.some((path) => paths.includes(path)))
  );
}

/** JSON says of itself whether a value is text; what is a number there has not been rounded by a spreadsheet. */
function cellOf(value: Json | undefined): Cell {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : { number: String(value) };
  if (Array.isArray(value)) return value.map(String).join('|');
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** A SCIM User as in a request. */
function personOfScim(line: number, given: JsonObject): RowRead {
  const object: JsonObject = omit(given, ...ownHeadings);
  const { userName, externalId, password } = object;
  if (password !== undefined) return { reason: 'password: an import takes no passwords. Invite people instead.' };
  if (Array.isArray(object['groups']) && object['groups'].length > 0)
    return {
      reason: 'groups: a SCIM User does not say them. Use the headings of docs/csv.md, or send the group’s members.',
    };
  const fault = faultIn('', object);
  if (fault !== undefined) return { reason: fault };
  const wants = [
    ...(typeof userName === 'string' ? [{ path: 'userName', value: userName }] : []),
    ...(typeof externalId === 'string' ? [{ path: 'externalId', value: externalId }] : []),
  ];
  return known({ line, wants, groups: [], resource: object });
}

/** Attributes of a SCIM User that are read as under their heading; all others are texts. */
const kinds: Readonly<Record<string, ColumnKind>> = {
  userName: 'userName',
  externalId: 'identity',
  'emails.value': 'email',
  timezone: 'zone',
  [`${enterprise}:employeeNumber`]: 'identity',
  [`${latchkey}:notificationEmail`]: 'email',
};

/** What is wrong with a text of a SCIM User, wherever in it, as it would be in a cell. */
function faultIn(path: string, value: Json | undefined, shown = path): string | undefined {
  if (typeof value === 'string') {
    const read = readCell(value, kinds[path] ?? 'text', 'iso');
    return read !== undefined && 'fault' in read ? `${shown}: ${read.fault}` : undefined;
  }
  if (Array.isArray(value)) return firstOf(value.map((one, index) => () => faultIn(path, one, `${shown}[${index}]`)));
  if (!isJsonObject(value)) return undefined;
  return firstOf(
    Object.entries(value).map(([name, inner]) => () => {
      const joint = path === '' ? '' : path.startsWith('urn:') && path.endsWith(':User') ? ':' : '.';
      return faultIn(`${path}${joint}${name}`, inner, `${shown}${joint}${name}`);
    }),
  );
}

function firstOf(looks: readonly (() => string | undefined)[]): string | undefined {
  for (const look of looks) {
    const found = look();
    if (found !== undefined) return found;
  }
  return undefined;
}

function known(person: ImportPerson): RowRead {
  const text = (path: string): string | undefined => {
    const value = person.wants.find((want) => want.path === path)?.value;
    return typeof value === 'string' ? value : undefined;
  };
  const [userName, externalId] = [text('userName'), text('externalId')];
  if (userName === undefined && externalId === undefined)
    return { reason: 'userName: the row says neither userName nor externalId, so the person is not known.' };
  if (externalId !== undefined && person.manager === externalId)
    return { reason: 'manager: this is the externalId of the person themselves.' };
  return {
    person: {
      ...person,
      ...(userName === undefined ? {} : { userName }),
      ...(externalId === undefined ? {} : { externalId }),
    },
  };
}

/** Objects with our headings as names hold plain values; a SCIM User has objects, lists or its schemas. */
function isFlat(object: JsonObject): boolean {
  return (
    object['schemas'] === undefined
    && Object.entries(object).every(
      ([name, value]) =>
        typeof value !== 'object'
        || value === null
        || (name === 'groups' && Array.isArray(value) && value.every((one) => typeof one === 'string')),
    )
  );
}

/** Objects may leave names out, so a mapping of one that is not there is not a mistake. */
function usedOf(mapping: Mapping, object: JsonObject): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([name]) => Object.hasOwn(object, name)));
}
