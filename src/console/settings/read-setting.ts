import type { Json } from '../../base/json.ts';
import type { Visit } from '../visit/visit.ts';
import type { SettingField } from './setting-fields.ts';
import { rowsIn } from './setting-inputs.ts';

/** What was entered for a setting, or the key of the words that say what is wrong with it. */
export type SettingRead = { readonly value: Json } | { readonly fault: string };

/** Reads what a form holds for a setting; what it may hold is for the operation to say. */
export function readSetting(visit: Visit, field: SettingField, fallback: Json): SettingRead {
  const { name, kind, nullable } = field;
  const typed = visit.field(name);
  switch (kind) {
    case 'switch':
      return { value: typed === 'on' };
    case 'many':
      return { value: [...visit.fields(name)] };
    case 'number':
      // An empty field is the default, or not set where that can be.
      if (typed === '') return { value: nullable ? null : fallback };
      return Number.isFinite(Number(typed)) ? { value: Number(typed) } : { fault: 'settings.faults.number' };
    case 'list':
      return readList(typed, field, fallback);
    case 'hours': {
      const [from, to] = [visit.field(`${name}.from`), visit.field(`${name}.to`)];
      if (from === '' && to === '') return { value: null };
      return from === '' || to === '' ? { fault: 'settings.faults.hours' } : { value: { from, to } };
    }
    case 'rows':
      return readRows(visit, field);
    default:
      return { value: typed === '' && nullable ? null : typed };
  }
}

function readList(typed: string, { isUpper = false }: SettingField, fallback: Json): SettingRead {
  const words = typed.split(/[\s,;]+/).filter((word) => word !== '');
  const isNumbers = Array.isArray(fallback) && typeof fallback[0] === 'number';
  if (!isNumbers) return { value: isUpper ? words.map((word) => word.toUpperCase()) : words };
  const numbers = words.map(Number);
  return numbers.every(Number.isFinite) ? { value: numbers } : { fault: 'settings.faults.numbers' };
}

function readRows(visit: Visit, { name, columns = [] }: SettingField): SettingRead {
  const entries: Record<string, Json> = {};
  for (const row of rowsIn(visit, name)) {
    const id = visit.field(`${name}.${row}.id`);
    const cells = columns.map((column) => [column, visit.field(`${name}.${row}.${column}`)] as const);
    const filled = cells.filter(([, text]) => text !== '');
    if (id === '' && filled.length === 0) continue;
    if (id === '') return { fault: 'settings.faults.rowName' };
    if (Object.hasOwn(entries, id)) return { fault: 'settings.faults.rowTwice' };
    const [[only = '', text = ''] = []] = filled;
    if (columns.includes('value') && only === '') return { fault: 'settings.faults.rowValue' };
    entries[id] = columns.includes('value') ? text : Object.fromEntries(filled);
  }
  return { value: entries };
}
