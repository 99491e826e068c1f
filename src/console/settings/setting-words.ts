import type { Json } from '../../base/json.ts';
import { isJsonObject } from '../../base/json.ts';
import type { Visit } from '../visit/visit.ts';

/** What people call a setting; its name where it has no words yet. */
export function settingLabel(visit: Visit, name: string): string {
  const key = `settings.names.${name}`;
  return visit.knows(key) ? visit.t(key) : name;
}

/** What people call a value that can be chosen. */
export function choiceName(visit: Visit, name: string, choice: string): string {
  const keys = [`settings.choices.${name}.${choice}`, `settings.choices.any.${choice}`];
  const key = keys.find((one) => visit.knows(one));
  return key === undefined ? choice : visit.t(key);
}

/** A value in words, for what is told and not entered. */
export function valueText(visit: Visit, name: string, value: Json): string {
  if (value === null || value === '') return visit.t('settings.empty');
  if (typeof value === 'boolean') return visit.t(value ? 'settings.on' : 'settings.off');
  if (Array.isArray(value))
    return value.length === 0 ? visit.t('settings.empty') : value.map((one) => valueText(visit, name, one)).join(', ');
  if (isJsonObject(value)) {
    const { from, to } = value;
    if (typeof from === 'string' && typeof to === 'string') return `${from} – ${to}`;
    const names = Object.keys(value);
    return names.length === 0 ? visit.t('settings.empty') : names.join(', ');
  }
  return typeof value === 'string' ? choiceName(visit, name, value) : visit.number(value);
}
