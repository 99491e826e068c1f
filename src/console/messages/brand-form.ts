import type { JsonObject } from '../../base/json.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { textField, type FieldParts } from '../parts.ts';
import { valueAt } from '../settings/setting-fields.ts';
import type { Visit } from '../visit/visit.ts';

/** The answer of `getSettings`. */
export interface SettingsView {
  readonly settings: JsonObject;
  readonly pinned: readonly string[];
}

/** What people see of the tenant: by the name of the form's field, the path of the setting. */
const brandSettings = {
  productName: ['productName'],
  logoUrl: ['brand', 'logoUrl'],
  color: ['brand', 'color'],
  helpText: ['brand', 'helpText'],
  helpUrl: ['brand', 'helpUrl'],
  fromName: ['mail', 'fromName'],
  replyTo: ['mail', 'replyTo'],
} as const;
type BrandField = keyof typeof brandSettings;

/** Those that a preview shows before they are set. */
export const triedFields = ['productName', 'logoUrl', 'color', 'helpText', 'helpUrl'] as const;

const looks: Readonly<Partial<Record<BrandField, Partial<FieldParts>>>> = {
  productName: { required: true },
  logoUrl: { type: 'url' },
  helpUrl: { type: 'url' },
  replyTo: { inputmode: 'email' },
};

/** The fields of the brand; what is pinned is told and cannot be changed. */
export function brandForm(visit: Visit, view: SettingsView, hidden: Readonly<Record<string, string>>): Html {
  const mayChange = visit.may('changeSettings');
  const isPinned = (path: readonly string[]): boolean => view.pinned.includes(path.join('.'));
  const fields = Object.keys(brandSettings) as BrandField[];
  const rows = fields.map((name) => {
    const path = brandSettings[name];
    const value = shownValue(visit, view, name);
    const label = visit.t(`messages.fields.${name}`);
    if (!mayChange || isPinned(path))
      return html`<div class="field">
        <p><strong>${label}</strong>: <bdi>${value === '' ? visit.t('settings.empty') : value}</bdi></p>
        ${isPinned(path) && html`<p class="hint">${visit.t('settings.pinned')}</p>`}
      </div>`;
    return textField({ name, label, value, required: false, hint: visit.t(`messages.hints.${name}`), ...looks[name] });
  });
  const body = html`<h2 id="brand">${visit.t('messages.brand')}</h2>
    ${rows}
    ${
      mayChange
      && html`<div class="row"><button name="do" value="save">${visit.t('messages.save')}</button><button
      name="do" value="try" class="quiet">${visit.t('messages.try')}</button></div>`
    }`;
  return mayChange
    ? visit.form('/messages/brand', body, { className: 'box stack', hidden, id: 'brand-form' })
    : html`<div class="box stack">${body}</div>`;
}

/** What a field shows: what was typed, or tried, else what is set. */
function shownValue(visit: Visit, { settings }: SettingsView, name: BrandField): string {
  if (visit.request.method === 'POST') return visit.field(name);
  const tried = visit.query(name);
  if (tried !== '') return tried;
  const value = valueAt(settings, brandSettings[name]);
  return typeof value === 'string' ? value : '';
}

/** The patch of settings that the form makes: what is empty is not set. */
export function brandPatch(visit: Visit, { settings, pinned }: SettingsView): JsonObject {
  const patch: Record<string, JsonObject | string | null> = {};
  for (const [name, path] of Object.entries(brandSettings)) {
    if (pinned.includes(path.join('.'))) continue;
    const typed = visit.field(name) === '' ? null : visit.field(name);
    if (typed === (valueAt(settings, path) ?? null)) continue;
    const [group, leaf] = path;
    const known = patch[group];
    if (leaf === undefined) patch[group] = typed;
    else patch[group] = { ...(typeof known === 'object' && known !== null ? known : {}), [leaf]: typed };
  }
  return patch;
}
