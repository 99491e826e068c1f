import { join } from 'node:path';
import { Ajv } from 'ajv';
import { JsonFile, escapeSegment, shippedSchema } from '../base/json-file.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { isMailAddress } from '../text/mail-address.ts';
import { packageRoot } from '../base/package-root.ts';
import { checkContinueUrls } from './check-continue-urls.ts';
import type { Settings } from './settings.ts';
import { sentenceOf } from '../base/schema-sentence.ts';

/** A rule that JSON Schema cannot express: says where and what is wrong, or nothing. */
export type SettingsCheck = (
  settings: Settings,
) => { readonly path: readonly string[]; readonly fault: string } | undefined;

/** A setting that cannot be used. */
export interface SettingsFault {
  /** JSON pointer (RFC 6901) to the setting; empty for all of them. */
  readonly pointer: string;
  /** What is wrong, in words that follow the setting's name; never its value. */
  readonly message: string;
}

/** Settings with every default filled in, or what is wrong with them. */
export type ParsedSettings =
  | { readonly settings: Settings; readonly faults?: undefined }
  | { readonly settings?: undefined; readonly faults: readonly SettingsFault[] };

/** The JSON Schema of a tenant's settings, with the product's defaults. */
export const settingsSchema = readSchema();

const validate = new Ajv({
  ...shippedSchema,
  useDefaults: true,
  allErrors: true,
  strict: false,
  verbose: true,
}).compile<Settings>(settingsSchema);

/**
 * Checks a tenant's settings by their schema alone, and fills in the defaults: nothing that they refer to is looked at.
 * @param given some of the settings; is not changed
 * @returns the settings, or every fault
 */
export function settingsBySchema(given: JsonObject): ParsedSettings {
  const value = structuredClone(given);
  delete value['$schema'];
  if (!validate(value)) {
    // 'if' only says that 'then' or 'else' failed, which is reported by itself.
    const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
    return {
      faults: errors.map((error) => {
        const { additionalProperty } = error.params as { readonly additionalProperty?: string };
        const own = error.keyword === 'additionalProperties' ? `/${escapeSegment(String(additionalProperty))}` : '';
        return { pointer: error.instancePath + own, message: sentenceOf(error) };
      }),
    };
  }
  return { settings: value };
}

/**
 * Checks a tenant's settings by their schema and by further rules, and fills in the defaults.
 * @param given some of the settings; is not changed
 * @param checks rules beyond the schema, such as the entropy of codes
 * @returns the settings, frozen, or every fault
 */
export function parseSettings(given: JsonObject, checks: readonly SettingsCheck[] = []): ParsedSettings {
  const { settings, faults: ofSchema } = settingsBySchema(given);
  if (settings === undefined) return { faults: ofSchema };
  const faults = [...ownChecks, ...checks].flatMap((check) => {
    const found = check(settings);
    return found === undefined
      ? []
      : [{ pointer: found.path.map((segment) => `/${escapeSegment(segment)}`).join(''), message: found.fault }];
  });
  return faults.length > 0 ? { faults } : { settings: deepFreeze(settings) };
}

/** The name of the setting at a pointer, as people write it: `onboarding.code.length`. */
export function settingName(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

const ownChecks: readonly SettingsCheck[] = [
  checkContinueUrls,
  ({ sms }) =>
    sms.preset !== 'twilio' || sms.gatewayUrl === null || sms.from !== null
      ? undefined
      : { path: ['sms', 'preset'], fault: 'needs sms.from: a number of yours, or the id of a messaging service' },
  ({ sms }) =>
    sms.gatewayUrl === null || isHttpUrl(sms.gatewayUrl)
      ? undefined
      : { path: ['sms', 'gatewayUrl'], fault: 'must be an http or https URL' },
  ...(['logoUrl', 'helpUrl'] as const).map(
    (name): SettingsCheck =>
      ({ brand }) =>
        brand[name] === null || isHttpsUrl(brand[name])
          ? undefined
          : { path: ['brand', name], fault: 'must be an https URL without a user name in it' },
  ),
  ({ mail }) =>
    mail.replyTo === null || isMailAddress(mail.replyTo)
      ? undefined
      : { path: ['mail', 'replyTo'], fault: 'must be a mail address such as help@example.com' },
  ({ mail }) =>
    mail.from === null || isMailAddress(mail.from)
      ? undefined
      : { path: ['mail', 'from'], fault: 'must be a mail address such as keys@example.com' },
  ({ audit }) => {
    const wrong = audit.auditors.findIndex((address) => !isMailAddress(address));
    return wrong < 0
      ? undefined
      : { path: ['audit', 'auditors', String(wrong)], fault: 'must be a mail address such as audit@example.com' };
  },
  ({ timezone }) =>
    works(() => new Intl.DateTimeFormat('en', { timeZone: timezone }))
      ? undefined
      : { path: ['timezone'], fault: `names no time zone: '${timezone}'` },
  ({ locale }) =>
    works(() => new Intl.Locale(locale))
      ? undefined
      : { path: ['locale'], fault: `is not a language tag: '${locale}'` },
];

function readSchema(): JsonObject {
  const { value } = new JsonFile(join(packageRoot, 'schemas', 'settings.schema.json'));
  if (!isJsonObject(value)) throw new Error('schemas/settings.schema.json is not a JSON object');
  return value;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function isHttpsUrl(text: string): boolean {
  if (!URL.canParse(text) || /[\s\p{C}]/u.test(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username === '' && password === '';
}

function works(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
