import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { html, type Html, type Renderable } from '../../page-kit/html.ts';
import type { ConsoleAnswer, ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { readSetting } from './read-setting.ts';
import { patchAt, settingFields, valueAt, type SettingField } from './setting-fields.ts';
import { settingInput } from './setting-inputs.ts';
import { settingLabel, valueText } from './setting-words.ts';

/** The answer of `getSettings`. */
interface SettingsView {
  readonly settings: JsonObject;
  readonly own: JsonObject;
  readonly pinned: readonly string[];
  readonly defaults: JsonObject;
}

/** What is wrong with a posted group: by the setting's name; under '' what none of them can mend. */
type Faults = Readonly<Record<string, Renderable>>;

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
  const faults: Record<string, Renderable> = {};
  for (const field of fields.filter((one) => one.group === group && !view.pinned.includes(one.name))) {
    const standard = valueAt(view.defaults, field.path) ?? null;
    const typed = readSetting(visit, field, standard);
    if ('fault' in typed) {
      faults[field.name] = visit.t(typed.fault);
      continue;
    }
    const before = valueAt(view.settings, field.path) ?? null;
    if (isSame(typed.value, before)) continue;
    // What is set to its default again is the tenant's own no longer.
    patch = merged(patch, patchAt(field.path, isSame(typed.value, standard) ? null : replacing(before, typed.value)));
  }
  if (Object.keys(faults).length > 0) return page(visit, group, faults);
  if (Object.keys(patch).length === 0) return visit.goOn('/settings', { key: 'settings.none', tone: 'way' });
  const done = await visit.attempt('changeSettings', { body: patch }, true);
  if ('refused' in done) return page(visit, group, faultsIn(visit, done.refused));
  return visit.goOn('/settings', { key: 'settings.saved' });
}

function isSame(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A merge patch that leaves nothing of what was there before. */
function replacing(before: Json, after: Json): Json {
  if (!isJsonObject(before) || !isJsonObject(after)) return after;
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return {
    ...Object.fromEntries(gone.map((key) => [key, null])),
    ...Object.fromEntries(
      Object.entries(after).map(([key, value]) => [key, replacing(before[key] ?? null, value)] as const),
    ),
  };
}

/** A refusal names settings, one a sentence: each is told at its own field. */
function faultsIn(visit: Visit, refused: string): Faults {
  const found: Record<string, Renderable> = {};
  for (const sentence of refused.split(/(?<=\.) (?=[a-z]+(?:\.|[A-Z]| ))/)) {
    const named = fields.find(({ name }) => sentence.startsWith(`${name} `) || sentence.startsWith(`${name}.`));
    const text =
      named === undefined ? sentence : `${settingLabel(visit, named.name)}${sentence.slice(named.name.length)}`;
    found[named?.name ?? ''] ??= html`<span lang="en">${text}</span>`;
  }
  return found;
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

async function page(visit: Visit, posted?: string, faults: Faults = {}): Promise<ConsolePage> {
  const view = await visit.call<SettingsView>('getSettings');
  return {
    title: visit.t('shell.nav.settings'),
    lead: visit.say('settings.lead'),
    section: 'settings',
    status: posted === undefined ? 200 : 422,
    body: html`${posted !== undefined && faultBox(faults[''] ?? faultLinks(visit, faults))}
      <nav class="jump" aria-label="${visit.t('shell.nav.settings')}">
        ${groups.map((group) => html`<a href="#${group}">${nameOf(visit, group)}</a>`)}
        ${ownPages.map(([path, operation, key]) => pageLink(visit, path, operation, key))}
        ${visit.may('listWebhooks') && html`<a href="${visit.href('/webhooks')}">${visit.t('webhooks.title')}</a>`}
      </nav>
      ${groups.map((group) => section(visit, view, group, group === posted, faults))}`,
  };
}

/** Settings that have a page of their own. */
const ownPages = [
  ['/company-sign-in', 'getCompanySignIn', 'company.title'],
  ['/secrets', 'listSecrets', 'secrets.title'],
] as const;

function pageLink(visit: Visit, path: string, operation: string, key: string): Html | false {
  return visit.hasPage(path) && visit.may(operation) && html`<a href="${visit.href(path)}">${visit.t(key)}</a>`;
}

/** What needs a look, each a link to its field. */
function faultLinks(visit: Visit, faults: Faults): Html {
  return html`${visit.t('shell.faults.summary')}
    ${Object.keys(faults).map(
      (name, at) => html`${at > 0 && ', '}<a href="#${name}">${settingLabel(visit, name)}</a>`,
    )}`;
}

function nameOf(visit: Visit, group: string): string {
  const key = `settings.groups.${group}`;
  return visit.knows(key) ? visit.t(key) : group;
}

function section(visit: Visit, view: SettingsView, group: string, isPosted: boolean, faults: Faults): Html {
  const own = fields.filter((field) => field.group === group);
  const mayChange = visit.may('changeSettings') && own.some(({ name }) => !view.pinned.includes(name));
  const inputs = html`<div class="settings">${own.map((field) =>
    settingRow(visit, view, field, mayChange, isPosted, faults),
  )}</div>
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

function settingRow(
  visit: Visit,
  view: SettingsView,
  field: SettingField,
  mayChange: boolean,
  isPosted: boolean,
  faults: Faults,
): Html {
  const { name, path } = field;
  const value = valueAt(view.settings, path) ?? null;
  const isPinned = view.pinned.includes(name);
  const isOwn = valueAt(view.own, path) !== undefined;
  const standing = isPinned
    ? visit.t('settings.pinned')
    : isOwn
      ? visit.t('settings.own', { default: valueText(visit, name, valueAt(view.defaults, path) ?? null) })
      : undefined;
  const hint = html`${whatItDoes(visit, field)} ${standing}`;
  if (isPinned || !mayChange)
    return html`<div class="field">
      <p><strong>${settingLabel(visit, name)}</strong>: <bdi>${valueText(visit, name, value)}</bdi></p>
      <p class="hint">${hint}</p>
    </div>`;
  return settingInput(visit, field, { value, hint, fault: faults[name], isPosted });
}

/** What a setting does: in the reader's language where there are words, else as the documentation has it. */
function whatItDoes(visit: Visit, { name, description }: SettingField): Html {
  const key = `settings.hints.${name}`;
  if (visit.knows(key)) return html`${visit.t(key)}`;
  return html`<span lang="en" dir="ltr">${description
    .split(/`([^`]*)`/)
    .map((part, at) => (at % 2 === 0 ? part : html`<code dir="ltr">${part}</code>`))}</span>`;
}
