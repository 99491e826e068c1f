import type { Json } from '../../base/json.ts';
import { withFlags } from '../../text/any-of.ts';
import { codePointName, invisible } from '../../text/invisible.ts';
import { isMailAddress } from '../../text/mail-address.ts';
import { instantOf } from '../../scim/time/instant.ts';
import { cellText, type Cell } from './file-item.ts';
import type { ColumnKind } from './headings.ts';
import { withoutMark } from './formula-mark.ts';

/** In which order a day is written, where that is not year, month, day. */
export type DateOrder = 'iso' | 'dmy' | 'mdy';

/**
 * What a cell says, nothing where it is empty, or why it is refused: the end of a sentence that begins with its
 * heading.
 */
export type CellReading = { readonly value: Json } | { readonly fault: string } | undefined;

const longestCell = 10_000;
const controls = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** What is invisible in texts that are not names: what joins letters, chooses a glyph or a direction may stay. */
const invisibleInText = withFlags('u', /(?![\u200c\u200d\u200e\u200f\u061c\p{Variation_Selector}])/u, invisible);
/** What spreadsheets write for a formula that failed, in any language: `#N/A`, `#REF!`, `#BEZUG!`, `#¿NOMBRE?`. */
const errorText = /^#(?:[¡¿]?[\p{Lu}\d/_ ]{2,20}[!?]|N\/[ADBTÁ]|NV|I\/T|GETTING_DATA)$/u;
/** Nobody starts before or after these years: such days come of empty cells and typing errors. */
const [firstYear, lastYear] = ['1950', '2199'];
const oddBlank = /[^\S ]/u;
const rounded = /^[+-]?\d+(?:[.,]\d+)?E[+-]?\d+$/i;

/**
 * Reads one cell of a column. Nothing is cut, shifted or guessed: an ambiguous value is refused.
 * @param dates the order of day and month, where given
 */
export function readCell(cell: Cell, kind: ColumnKind, dates: DateOrder): CellReading {
  if (typeof cell === 'object' && 'error' in cell)
    return fault(`the cell holds an error (${cell.error.slice(0, 40)}). Mend the formula, or empty the cell.`);
  const text = cellText(cell);
  // An empty cell says nothing: it never clears what is there.
  if (text.trim() === '') return undefined;
  const unfit = unfitText(text) ?? (kind === 'text' ? hiddenIn(text, invisibleInText) : undefined);
  if (unfit !== undefined) return fault(unfit);
  if (kind === 'flag') return flagOf(cell, text);
  if (kind === 'day') return dayOf(cell, text, dates);
  if (typeof cell === 'boolean') return fault('the cell holds TRUE or FALSE. Write text.');
  if (typeof cell === 'object' && 'date' in cell) return fault('the cell holds a date. Format it as text.');
  if (kind === 'text') return { value: text };
  const clean = cleanFault(text);
  if (clean !== undefined && kind !== 'groups') return fault(clean);
  return special(cell, text, kind);
}

function special(cell: Cell, text: string, kind: ColumnKind): CellReading {
  switch (kind) {
    case 'email':
      return isPlausible(text) ? { value: text } : fault('it is not a mail address such as name@example.com.');
    case 'groups':
      return groupsOf(text);
    case 'zone':
      return isZone(text) ? { value: text } : fault('it is not the name of a time zone, such as Europe/Berlin.');
    case 'language':
      return /^[a-z]{2,3}(?:[-_][a-z\d]{2,8}){0,3}$/i.test(text)
        ? { value: text }
        : fault('it is not a language such as de or de-DE.');
    case 'phone':
      if (typeof cell === 'object')
        return fault('the cell is a number, which loses + and leading zeros. Format it as text.');
      return phone.test(text)
        ? // The template and the errors file mark what a spreadsheet would take for a formula.
          { value: withoutMark(text) }
        : fault('it is not a phone number with its country code, such as +49 30 1234567.');
    default:
      return identityOf(cell, text);
  }
}

/** With the mark of `asText`, which people take over from the template. */
const phone = /^'?\+[\d\s()./-]{5,38}$/;

/** A name or number that tells people apart. */
function identityOf(cell: Cell, text: string): CellReading {
  if (rounded.test(text))
    return fault(
      `"${text.slice(0, 40)}" was rounded by a spreadsheet. Format the column as text and enter the number again.`,
    );
  if (typeof cell === 'object' && !/^\d{1,15}$/.test(text))
    return fault('the cell is a number that a spreadsheet may have rounded. Format the column as text.');
  return { value: text };
}

/** What no cell may hold. */
function unfitText(text: string): string | undefined {
  if (text.length > longestCell) return `it is longer than ${longestCell} characters.`;
  if (text.includes('\ufffd'))
    return 'it holds the mark of a character that was lost. Save the file again as "CSV UTF-8".';
  if (/[\r\n]/.test(text))
    return 'the value goes over several lines: a quote (") may be missing. Write it on one line.';
  const control = controls.exec(text);
  if (control !== null && control[0] !== '\t') return `it holds the control character ${codePointName(control[0])}.`;
  if (control !== null) return 'it holds a tab.';
  if (errorText.test(text.trim()))
    return `the cell holds an error (${text.trim()}). Mend the formula, or empty the cell.`;
  return text.startsWith('=') ? 'it begins with "=", as a formula does. Write the value itself.' : undefined;
}

/** What would make two names look the same. */
function cleanFault(text: string): string | undefined {
  if (text !== text.trim()) return 'there is a blank before or after it.';
  const hidden = hiddenIn(text, invisible);
  if (hidden !== undefined) return hidden;
  if (oddBlank.test(text)) return 'it holds a blank that is not a plain one.';
  return text === text.normalize('NFC') ? undefined : 'its accents are characters of their own. Save the file again.';
}

function hiddenIn(text: string, pattern: RegExp): string | undefined {
  const hidden = pattern.exec(text);
  return hidden === null ? undefined : `it holds the invisible character ${codePointName(hidden[0])}.`;
}

function flagOf(cell: Cell, text: string): CellReading {
  const word = text.trim().toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return { value: true };
  if (['false', 'no', '0'].includes(word)) return { value: false };
  void cell;
  return fault(`"${text.slice(0, 40)}" is neither true nor false (also: yes, no, 1, 0).`);
}

function dayOf(cell: Cell, text: string, dates: DateOrder): CellReading {
  const day = text.trim();
  const isSerial = typeof cell === 'object' && 'number' in cell;
  const [, date, time] = typeof cell === 'object' && 'date' in cell ? (/^(.+)T(.+)$/.exec(day) ?? []) : [];
  // A workbook may show the day alone, and it knows no zone.
  if (date !== undefined)
    return fault(`the cell holds ${date} and a time of day (${time}). Enter the day alone, or write ${day} as text.`);
  if (isSerial || /^\d+(?:[.,]\d+)?$/.test(day))
    return fault(`"${day.slice(0, 40)}" is a number and not a date. Format the cell as a date, or write 2031-05-06.`);
  const ordered = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/.exec(day);
  if (ordered !== null) {
    const [, first = '', , second = '', year = ''] = ordered;
    if (dates === 'iso') return fault(inWhichOrder(day, first, second, year));
    const [date, month] = dates === 'dmy' ? [first, second] : [second, first];
    return real(`${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`);
  }
  if (/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?)?$/i.test(day)) return real(day);
  return fault(`"${day.slice(0, 40)}" is not a date such as 2031-05-06.`);
}

function real(day: string): CellReading {
  if (instantOf(day.length === 10 ? `${day}T00:00:00Z` : day) === undefined)
    return fault(`"${day}" is not a day that exists.`);
  const year = day.slice(0, 4);
  return year >= firstYear && year <= lastYear
    ? { value: day }
    : fault(`"${day}" is before ${firstYear} or after ${lastYear}. Write the year that is meant.`);
}

function inWhichOrder(written: string, first: string, second: string, year: string): string {
  const [one, other] = [first.padStart(2, '0'), second.padStart(2, '0')];
  const readings = [`${year}-${other}-${one}`, `${year}-${one}-${other}`].filter(
    (day) => instantOf(`${day}T00:00:00Z`) !== undefined,
  );
  const [only, twice] = readings;
  if (only === undefined) return `"${written}" is not a day that exists.`;
  const what =
    twice === undefined || twice === only
      ? `is read as ${only} only where its order is said`
      : `could be ${only} or ${twice}`;
  return (
    `"${written}" ${what}. Write the day as in 2031-05-06, or say in which order the file `
    + 'has it (dates: dmy or mdy).'
  );
}

function groupsOf(text: string): CellReading {
  const names = text.split('|');
  for (const name of names) {
    if (name.trim() === '') return fault('a name between two "|" is empty.');
    const found = cleanFault(name);
    if (found !== undefined) return fault(`"${name.slice(0, 40)}": ${found}`);
  }
  return { value: [...new Set(names)] };
}

/** A mail address that mail can be sent to over the internet. */
function isPlausible(text: string): boolean {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  const dotted = (part: string) => !part.startsWith('.') && !part.endsWith('.') && !part.includes('..');
  return (
    isMailAddress(text)
    && dotted(local)
    && local.length <= 64
    && dotted(domain)
    && domain.includes('.')
    && !/\.\d+$/.test(domain)
    && domain.split('.').every((label) => label.length <= 63 && !label.startsWith('-') && !label.endsWith('-'))
  );
}

const zones = new Map<string, boolean>();

function isZone(name: string): boolean {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (zones.size > 1000) zones.clear();
  let isKnown = /^[\w+-]+(?:\/[\w+-]+)*$/.test(name) && name.length <= 64;
  try {
    if (isKnown) new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    isKnown = false;
  }
  zones.set(name, isKnown);
  return isKnown;
}

function fault(text: string): { readonly fault: string } {
  return { fault: text };
}
