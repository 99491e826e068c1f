import type { Json, JsonObject } from '../../base/json.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer, ConsolePage } from '../console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { checkField, faultBox, selectField, textField } from '../parts.ts';
import type { Visit } from '../visit.ts';
import { patchAt, settingFields, valueAt, type SettingField } from './setting-fields.ts';

/** The answer of `getSettings`. */
interface SettingsView {
  readonly settings: JsonObject;
  readonly own: JsonObject;
  readonly pinned: readonly string[];
  readonly defaults: JsonObject;
}

const fields = settingFields();
const groups = [...new Set(fields.map(({ group }) => group))];

/** `/console/settings`: every setting with what it does now; a group is changed by its own form. */
export function settingsPage(site: ConsoleSite): void {
  site.page('/settings', { section: 'settings', operations: ['getSettings'] }, (visit) => page(visit));
  site.act('/settings/:group', { section: 'settings', operations: ['changeSettings'], fresh: true }, (visit) =>
    save(visit),
  );
}

async function save(visit: Visit): Promise<ConsoleAnswer> {
  const group = visit.param('group');
  const view = await visit.call<SettingsView>('getSettings');
  let patch: JsonObject = {};
  for (const field of fields.filter((one) => one.group === group && !view.pinned.includes(one.name))) {
    const typed = readField(visit, field);
    if ('fault' in typed) return page(visit, visit.t('settings.bad', { name: field.name, fault: typed.fault }));
    const before = valueAt(view.settings, field.path);
    if (JSON.stringify(typed.value) === JSON.stringify(before)) continue;
    // What is set to its default again is the tenant's own no longer.
    const isDefault = JSON.stringify(typed.value) === JSON.stringify(valueAt(view.defaults, field.path));
    patch = merged(patch, patchAt(field.path, isDefault ? null : typed.value));
  }
  if (Object.keys(patch).length === 0) return visit.goOn('/settings', { key: 'settings.none', tone: 'way' });
  const done = await visit.attempt('changeSettings', { body: patch });
  if ('refused' in done) return page(visit, done.refused);
  return visit.goOn('/settings', { key: 'settings.saved' });
}

function readField(visit: Visit, field: SettingField): { readonly value: Json } | { readonly fault: string } {
  const typed = visit.field(field.name);
  if (field.kind === 'switch') return { value: typed === 'on' };
  if (field.kind === 'choice') return { value: typed };
  if (field.nullable && typed === '') return { value: null };
  if (field.kind === 'number' && typed !== '' && Number.isFinite(Number(typed))) return { value: Number(typed) };
  if (field.kind === 'text') return { value: typed };
  if (typed === '') return { value: null };
  try {
    return { value: JSON.parse(typed) as Json };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : '' };
  }
}

function merged(one: JsonObject, other: JsonObject): JsonObject {
  const both: Record<string, Json> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = both[key];
    both[key] = isObject(before) && isObject(value) ? merged(before, value) : value;
  }
  return both;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function page(visit: Visit, refused?: string): Promise<ConsolePage> {
  const view = await visit.call<SettingsView>('getSettings');
  return {
    title: visit.t('shell.nav.settings'),
    lead: visit.say('settings.lead'),
    section: 'settings',
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
      <nav class="jump" aria-label="${visit.t('shell.nav.settings')}">
        ${groups.map((group) => html`<a href="#${group}">${nameOf(visit, group)}</a>`)}
      </nav>
      ${groups.map((group) => section(visit, view, group))}`,
  };
}

function nameOf(visit: Visit, group: string): string {
  const key = `settings.groups.${group}`;
  return visit.knows(key) ? visit.t(key) : group;
}

function section(visit: Visit, view: SettingsView, group: string): Html {
  const own = fields.filter((field) => field.group === group);
  const mayChange = visit.may('changeSettings') && own.some(({ name }) => !view.pinned.includes(name));
  const inputs = html`<div class="settings">${own.map((field) => settingRow(visit, view, field, mayChange))}</div>
    ${
      mayChange
      && html`<p><button class="quiet">${visit.t('settings.save')}<span
      class="unseen">: ${nameOf(visit, group)}</span></button></p>`
    }`;
  return html`<section aria-labelledby="${group}">
    <h2 id="${group}">${nameOf(visit, group)}</h2>
    ${mayChange ? visit.form(`/settings/${group}`, inputs) : inputs}
  </section>`;
}

function settingRow(visit: Visit, view: SettingsView, field: SettingField, mayChange: boolean): Html {
  const value = valueAt(view.settings, field.path) ?? null;
  const isPinned = view.pinned.includes(field.name);
  const isOwn = valueAt(view.own, field.path) !== undefined;
  const standing = isPinned
    ? visit.t('settings.pinned')
    : isOwn
      ? visit.t('settings.own', { default: shown(visit, valueAt(view.defaults, field.path) ?? null) })
      : visit.t('settings.isDefault');
  const hint = html`<span lang="en" dir="ltr">${field.description}</span> ${standing}`;
  if (isPinned || !mayChange)
    return html`<div class="field">
      <p><strong dir="ltr">${field.name}</strong>: <bdi>${shown(visit, value)}</bdi></p>
      <p class="hint">${hint}</p>
    </div>`;
  switch (field.kind) {
    case 'switch':
      return checkField(field.name, field.name, value === true, hint);
    case 'choice':
      return selectField(
        field.name,
        field.name,
        field.choices.map((choice) => ({ value: choice, text: choice })),
        plain(value),
        hint,
      );
    case 'number':
      return textField({
        name: field.name,
        label: field.name,
        type: 'text',
        inputmode: 'numeric',
        value: plain(value),
        hint,
        required: false,
      });
    case 'text':
      return textField({ name: field.name, label: field.name, value: plain(value), hint, required: false });
    case 'json':
      return textField({
        name: field.name,
        label: field.name,
        value: value === null ? '' : JSON.stringify(value),
        hint: html`${hint} ${visit.t('settings.json')}`,
        required: false,
      });
  }
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
}

function shown(visit: Visit, value: Json): string {
  if (value === null || value === '') return visit.t('settings.empty');
  if (typeof value === 'boolean') return visit.t(value ? 'settings.on' : 'settings.off');
  return plain(value);
}
