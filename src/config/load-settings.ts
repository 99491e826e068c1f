import { join } from 'node:path';
import { Ajv } from 'ajv';
import { JsonFile, formatFaults, shippedSchema, type FileFault } from '../json-file.ts';
import { isJsonObject } from '../json.ts';
import { packageRoot } from '../package-root.ts';
import { checkContinueUrls } from './check-continue-urls.ts';
import { isMailAddress } from '../mail-address.ts';
import type { Settings } from './settings.ts';

/** Thrown when the settings cannot be used: every fault with its file and line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** A rule that JSON Schema cannot express: says where and what is wrong, or nothing. */
export type SettingsCheck = (
  settings: Settings,
) => { readonly path: readonly string[]; readonly fault: string } | undefined;

const schema = new JsonFile(join(packageRoot, 'schemas', 'settings.schema.json')).value;
const validate = new Ajv({
  ...shippedSchema,
  useDefaults: true,
  allErrors: true,
  strict: false,
  verbose: true,
}).compile<Settings>(isJsonObject(schema) ? schema : {});

/**
 * Reads a tenant's settings and fills in the defaults.
 * @param path of a JSON file, or undefined for the defaults alone
 * @param checks rules beyond the schema, such as the entropy of codes
 * @throws SettingsError naming file, line and setting of every fault
 */
export function loadSettings(path: string | undefined, checks: readonly SettingsCheck[] = []): Settings {
  const file = path === undefined ? undefined : new JsonFile(path);
  const value = structuredClone(file === undefined ? {} : file.value);
  refuse(file?.faults ?? []);
  if (!isJsonObject(value)) throw new SettingsError(`${path}:1: settings must be a JSON object`);
  if (!validate(value)) {
    refuse(file?.schemaFaults(validate.errors) ?? []);
    throw new SettingsError('the schema of the settings refuses its own defaults');
  }
  const settings: Settings = value;
  refuse(
    [...ownChecks, ...checks].flatMap((check) => {
      const found = check(settings);
      if (found === undefined) return [];
      const pointer = `/${found.path.join('/')}`;
      return file?.fault(pointer, found.fault) ?? { file: 'defaults', line: 1, pointer, message: found.fault };
    }),
  );
  return deepFreeze(settings);
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
  ({ timezone }) =>
    works(() => new Intl.DateTimeFormat('en', { timeZone: timezone }))
      ? undefined
      : { path: ['timezone'], fault: `names no time zone: '${timezone}'` },
  ({ locale }) =>
    works(() => new Intl.Locale(locale))
      ? undefined
      : { path: ['locale'], fault: `is not a language tag: '${locale}'` },
];

function refuse(faults: readonly FileFault[]): void {
  if (faults.length > 0) throw new SettingsError(formatFaults(faults));
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
