import { resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { systemFault } from '../text/system-fault.ts';
import { type Variable, variables } from './variables.ts';
import { listOf, keyTexts, addressIn } from './variable-faults.ts';

/** What the process was told by its environment: checked as a whole, frozen, the same for every tenant. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly mongodbUri: string | undefined;
  readonly token: string | undefined;
  /** 32 bytes each, the newest first; empty: the embedded store makes one beside its data. */
  readonly keys: readonly Buffer[];
  readonly publicUrl: string | undefined;
  readonly settingsFile: string | undefined;
  readonly schemasFolder: string | undefined;
  /** Names of folders in `schemas/optional`. */
  readonly schemaPacks: readonly string[];
  readonly mappingsFolder: string | undefined;
  readonly templatesFolder: string | undefined;
  /** A file that names the folders whose files of people are imported as they arrive. */
  readonly importFolders: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  /** Where the link of the first owner goes; undefined: it is printed. */
  readonly adminEmail: string | undefined;
  readonly mailPerMinute: number | undefined;
  readonly smsSecret: string | undefined;
  /** Hosts that webhooks may reach though inside, and without TLS; lower case. */
  readonly webhookHosts: ReadonlySet<string>;
  /** Folder of modules that events are handed to. */
  readonly modulesFolder: string | undefined;
  /** A file that each signed checkpoint of the audit is added to. */
  readonly checkpointsFile: string | undefined;
  /** The address that bounces come back to. */
  readonly bounceAddress: string | undefined;
  readonly trustProxy: readonly string[];
  /** Whether captured mail is shown at `/dev/mailbox`, to this very machine. */
  readonly devMailbox: boolean;
  readonly worker: boolean;
  /** Where numbers are told to Prometheus. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  readonly logLevel: string;
  /** `auto`: text where standard output is a terminal, else JSON. */
  readonly logFormat: 'auto' | 'text' | 'json';
}

/** Thrown with every fault of the configuration at once, one per line. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  /** @param faults one sentence each, naming the variable; no secrets */
  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n`
        + faults.map((fault) => `  - ${fault}`).join('\n'),
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** The effective text of each variable, with where it came from. */
export type EffectiveValues = ReadonlyMap<
  string,
  { readonly value: string; readonly source: 'environment' | 'file' | 'default' }
>;

/**
 * Reads the environment into a Config.
 * @param environment such as `process.env`; `NAME_FILE` names a file that holds NAME's value
 * @returns the frozen Config, and the texts it was made from for `latchkey config`
 * @throws ConfigError listing every fault
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): {
  config: Config;
  values: EffectiveValues;
} {
  const faults: string[] = [];
  const values = new Map<string, { value: string; source: 'environment' | 'file' | 'default' }>();
  for (const variable of variables) {
    const found = lookUp(variable, environment, faults);
    if (found === undefined) continue;
    const fault = found.value === '' ? undefined : variable.fault?.(found.value);
    if (fault !== undefined) faults.push(`${variable.name} ${fault}`);
    values.set(variable.name, found);
  }
  const text = (name: string) => values.get(name)?.value || undefined;
  if (
    text('MONGODB_URI') !== undefined
    && text('LATCHKEY_KEY') === undefined
    && !faults.some((fault) => fault.startsWith('LATCHKEY_KEY'))
  ) {
    faults.push('LATCHKEY_KEY is needed with MONGODB_URI: make one with `openssl rand -base64 32`');
  }
  if (faults.length > 0) throw new ConfigError(faults);
  const key = text('LATCHKEY_KEY');
  const config: Config = {
    host: text('HOST') ?? '127.0.0.1',
    port: Number(text('PORT')),
    dataDir: text('LATCHKEY_DATA_DIR') ?? './data',
    mongodbUri: text('MONGODB_URI'),
    token: text('LATCHKEY_TOKEN'),
    keys: keyTexts(key).map((one) => Buffer.from(one, 'base64')),
    publicUrl: text('LATCHKEY_PUBLIC_URL')?.replace(/\/+$/, ''),
    settingsFile: text('LATCHKEY_SETTINGS'),
    schemasFolder: text('LATCHKEY_SCHEMAS'),
    schemaPacks: listOf(text('LATCHKEY_SCHEMA_PACKS')),
    mappingsFolder: text('LATCHKEY_MAPPINGS'),
    templatesFolder: text('LATCHKEY_TEMPLATES'),
    importFolders: text('LATCHKEY_IMPORT_FOLDERS'),
    smtpUrl: text('SMTP_URL'),
    mailFrom: text('MAIL_FROM') ?? '',
    adminEmail: text('LATCHKEY_ADMIN_EMAIL'),
    mailPerMinute:
      text('LATCHKEY_MAIL_PER_MINUTE') === undefined ? undefined : Number(text('LATCHKEY_MAIL_PER_MINUTE')),
    smsSecret: text('LATCHKEY_SMS_SECRET'),
    checkpointsFile:
      text('LATCHKEY_AUDIT_CHECKPOINTS') === undefined ? undefined : resolve(text('LATCHKEY_AUDIT_CHECKPOINTS') ?? ''),
    modulesFolder: text('LATCHKEY_MODULES') === undefined ? undefined : resolve(text('LATCHKEY_MODULES') ?? ''),
    webhookHosts: new Set(listOf(text('LATCHKEY_WEBHOOK_HOSTS')).map((host) => host.toLowerCase())),
    bounceAddress: text('LATCHKEY_BOUNCE_ADDRESS'),
    trustProxy: listOf(text('LATCHKEY_TRUST_PROXY')),
    devMailbox: showsMailbox(text('LATCHKEY_DEV_MAILBOX'), text('LATCHKEY_PUBLIC_URL'), text('LATCHKEY_TRUST_PROXY')),
    worker: text('LATCHKEY_WORKER') === 'on',
    metrics: addressIn(text('LATCHKEY_METRICS')),
    logLevel: text('LOG_LEVEL') ?? 'info',
    logFormat: (text('LOG_FORMAT') ?? 'auto') as Config['logFormat'],
  };
  return { config: Object.freeze(config), values };
}

/** A variable as it is in force. */
export interface EffectiveVariable {
  readonly name: string;
  /** `(hidden)` of a secret; null where nothing is set. */
  readonly value: string | null;
  /** Where the value is from. */
  readonly source: 'environment' | 'file' | 'default' | 'not set';
}

/**
 * The effective configuration, secrets hidden.
 * @param values as readConfig gives them
 */
export function effectiveVariables(values: EffectiveValues): readonly EffectiveVariable[] {
  return variables.map(({ name, secret }) => {
    const found = values.get(name);
    if (found === undefined || found.value === '') return { name, value: null, source: 'not set' };
    return { name, value: secret === true ? '(hidden)' : found.value, source: found.source };
  });
}

/**
 * The effective configuration as lines `NAME=value  # source`, secrets hidden.
 * @param values as readConfig gives them
 */
export function describeConfig(values: EffectiveValues): string {
  return effectiveVariables(values)
    .map(({ name, value, source }) => `${name}=${value ?? ''}  # ${source}`)
    .join('\n');
}

function lookUp(variable: Variable, environment: Readonly<Record<string, string | undefined>>, faults: string[]) {
  const direct = environment[variable.name];
  const file = environment[`${variable.name}_FILE`];
  if (direct !== undefined && direct !== '' && file !== undefined && file !== '') {
    faults.push(`${variable.name} and ${variable.name}_FILE are both set: keep one`);
    return undefined;
  }
  if (file !== undefined && file !== '') {
    try {
      return { value: readFileSync(file, 'utf8').trim(), source: 'file' as const };
    } catch (cause) {
      faults.push(`${variable.name}_FILE names ${file}, which cannot be read: ${systemFault(cause)}`);
      return undefined;
    }
  }
  if (direct !== undefined && direct !== '') return { value: direct, source: 'environment' as const };
  return variable.default === undefined ? undefined : { value: variable.default, source: 'default' as const };
}

/** Behind a proxy on this machine every visitor comes from a loopback address. */
function showsMailbox(
  wish: string | undefined,
  publicUrl: string | undefined,
  trustProxy: string | undefined,
): boolean {
  if (wish === 'on' || wish === 'off') return wish === 'on';
  return trustProxy === undefined && (publicUrl === undefined || isLoopbackHost(new URL(publicUrl).hostname));
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
