import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { html, type Html, type Renderable } from '../../page-kit/html.ts';
import { checkField, faultLine, selectField, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import type { SettingField } from './setting-fields.ts';
import { choiceName, settingLabel } from './setting-words.ts';

/** What an input is made with, beside its setting. */
export interface InputParts {
  /** What is set. */
  readonly value: Json;
  readonly hint: Renderable;
  readonly fault: Renderable | undefined;
  /** What was typed is shown again in place of what is set. */
  readonly isPosted: boolean;
}

/** Rows to fill in below those that are there. */
const emptyRows = 2;

/** The input of a setting, as fits what it holds. */
export function settingInput(visit: Visit, field: SettingField, parts: InputParts): Html {
  const { name, kind } = field;
  const { value, hint, fault, isPosted } = parts;
  const label = settingLabel(visit, name);
  const typed = isPosted ? visit.field(name) : plain(value);
  if (name === 'locale') return language(visit, label, typed, parts);
  if (name === 'timezone') return timezone(label, typed, parts);
  switch (kind) {
    case 'switch':
      return checkField(name, label, isPosted ? visit.field(name) === 'on' : value === true, hint);
    case 'choice':
      return selectField(
        name,
        label,
        field.choices.map((choice) => ({ value: choice, text: choiceName(visit, name, choice) })),
        typed,
        hint,
        fault,
      );
    case 'many':
      return many(visit, field, label, parts);
    case 'hours':
      return hours(visit, name, label, parts);
    case 'rows':
      return rows(visit, field, label, parts);
    case 'number':
      return textField({ name, label, type: 'number', ...rangeOf(field), value: typed, hint, fault, required: false });
    case 'color':
    case 'url':
    case 'text':
    case 'list':
      return textField({
        name,
        label,
        value: typed,
        hint,
        fault,
        required: false,
        ...(kind === 'url' ? { inputmode: 'url' as const } : {}),
      });
  }
}

function language(visit: Visit, label: string, chosen: string, { hint, fault }: InputParts): Html {
  const names = new Intl.DisplayNames([visit.lang], { type: 'language' });
  const known = visit.languages.includes(chosen) ? visit.languages : [chosen, ...visit.languages];
  const options = known.map((value) => ({ value, text: names.of(value) ?? value }));
  return selectField('locale', label, options, chosen, hint, fault);
}

/** Any zone can be typed; those that there are, are offered. */
function timezone(label: string, value: string, { hint, fault }: InputParts): Html {
  return html`${textField({ name: 'timezone', label, value, hint, fault, required: false, list: 'zones' })}
    <datalist id="zones">${Intl.supportedValuesOf('timeZone').map(
      (zone) => html`<option value="${zone}"></option>`,
    )}</datalist>`;
}

function rangeOf({ min, max }: SettingField): { min?: number; max?: number } {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** What a text field shows of a value. */
function plain(value: Json): string {
  if (Array.isArray(value)) return value.map((one) => plain(one)).join(', ');
  return value === null || typeof value === 'object' ? '' : String(value);
}

function group(name: string, label: string, { hint, fault }: InputParts, inside: Html): Html {
  return html`<fieldset class="field" aria-describedby="${name}-hint${fault !== undefined && ` ${name}-fault`}">
    <legend>${label}</legend>
    <p class="hint" id="${name}-hint">${hint}</p>
    ${fault !== undefined && faultLine(`${name}-fault`, fault)} ${inside}
  </fieldset>`;
}

function many(visit: Visit, { name, choices }: SettingField, label: string, parts: InputParts): Html {
  const isOn = (choice: string): boolean =>
    parts.isPosted
      ? visit.fields(name).includes(choice)
      : Array.isArray(parts.value) && parts.value.some((one) => one === choice);
  return group(
    name,
    label,
    parts,
    html`<div class="row ticks">${choices.map((choice) =>
      checkField(name, choiceName(visit, name, choice), isOn(choice), undefined, choice),
    )}</div>`,
  );
}

function hours(visit: Visit, name: string, label: string, parts: InputParts): Html {
  const set: JsonObject = isJsonObject(parts.value) ? parts.value : {};
  const input = (end: 'from' | 'to'): Html => {
    const id = `${name}.${end}`;
    const value = parts.isPosted ? visit.field(id) : plain(set[end] ?? null);
    return textField({ name: id, label: visit.t(`settings.hours.${end}`), type: 'time', value, required: false });
  };
  return group(name, label, parts, html`<div class="row">${input('from')} ${input('to')}</div>`);
}

function rows(visit: Visit, field: SettingField, label: string, parts: InputParts): Html {
  const { name, columns = [] } = field;
  const set = isJsonObject(parts.value) ? Object.entries(parts.value) : [];
  const heads = ['id', ...columns];
  const count = parts.isPosted ? Math.max(...rowsIn(visit, name), -1) + 1 : set.length + emptyRows;
  const cell = (row: number, column: string): Html => {
    const id = `${name}.${row}.${column}`;
    const [key = '', own = null] = set[row] ?? [];
    const stored = column === 'id' ? key : isJsonObject(own) ? (own[column] ?? null) : own;
    const value = parts.isPosted ? visit.field(id) : plain(stored);
    const told = visit.t('settings.rows.cell', { part: headText(visit, name, column), row: row + 1 });
    const options = column === 'value' ? ['', ...field.choices] : [];
    return options.length > 0
      ? html`<td><select name="${id}" aria-label="${told}">${options.map(
          (one) =>
            html`<option value="${one}"${one === value && html` selected`}>${
              one === '' ? '' : choiceName(visit, name, one)
            }</option>`,
        )}</select></td>`
      : html`<td><input name="${id}" value="${value}" autocomplete="off" dir="auto" aria-label="${told}" /></td>`;
  };
  return group(
    name,
    label,
    parts,
    html`<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table>
      <thead><tr>${heads.map((head) => html`<th scope="col">${headText(visit, name, head)}</th>`)}</tr></thead>
      <tbody>${Array.from(
        { length: count },
        (_, row) => html`<tr>${heads.map((head) => cell(row, head))}</tr>`,
      )}</tbody>
    </table></div>`,
  );
}

function headText(visit: Visit, name: string, column: string): string {
  const key = `settings.rows.${name}.${column}`;
  return visit.knows(key) ? visit.t(key) : column;
}

/** The rows that a form was sent with. */
export function rowsIn(visit: Visit, name: string): readonly number[] {
  const body: unknown = visit.request.body;
  if (typeof body !== 'object' || body === null) return [];
  const rows = Object.keys(body).flatMap((key) => {
    const [, row] = key.startsWith(`${name}.`) ? (/^(\d{1,3})\.id$/.exec(key.slice(name.length + 1)) ?? []) : [];
    return row === undefined ? [] : [Number(row)];
  });
  return [...new Set(rows)].sort((one, other) => one - other);
}
