import { resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { didYouMean } from '../text/did-you-mean.ts';
import { systemFault } from '../text/system-fault.ts';
import { isMailAddress } from '../text/mail-address.ts';

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

/** One environment variable: its documentation and how its text becomes a value. */
export interface Variable {
  readonly name: string;
  readonly description: string;
  /** As text; undefined: none. */
  readonly default?: string;
  /** Hidden by `latchkey config`; also read from the file that `NAME_FILE` names. */
  readonly secret?: boolean;
  /** Says what is wrong with a value, or nothing. Must not repeat a secret. */
  readonly fault?: (value: string) => string | undefined;
}

/** Every variable Latchkey reads; the table in docs/configuration.md is made from this list. */
export const variables: readonly Variable[] = [
  { name: 'HOST', default: '127.0.0.1', description: 'Address to listen on.' },
  {
    name: 'PORT',
    default: '8080',
    description: 'Port to listen on; `0` picks a free one.',
    fault: wholeNumber(0, 65535),
  },
  {
    name: 'LATCHKEY_PUBLIC_URL',
    description: 'What links in messages begin with; default: the address listened on.',
    fault: httpUrl,
  },
  { name: 'LATCHKEY_DATA_DIR', default: './data', description: 'Folder of the embedded store.' },
  {
    name: 'MONGODB_URI',
    description: 'When set, MongoDB is the store; the database named in it, else `latchkey`.',
    secret: true,
    fault: mongoUri,
  },
  {
    name: 'LATCHKEY_TOKEN',
    description: 'Bearer token the first start gives the default tenant; without it one is made and shown once.',
    secret: true,
    fault: longToken,
  },
  {
    name: 'LATCHKEY_KEY',
    description:
      '32 bytes, base64: seals secrets at rest. Several, the newest first, separated by commas or lines: '
      + 'the first seals, all of them open. Needed with MongoDB; the embedded store makes one beside its data.',
    secret: true,
    fault: key32,
  },
  { name: 'LATCHKEY_SETTINGS', description: 'JSON file of tenant settings (`schemas/settings.schema.json`).' },
  { name: 'LATCHKEY_SCHEMAS', description: 'Folder of further SCIM schemas and resource types.' },
  {
    name: 'LATCHKEY_MAPPINGS',
    description: 'Folder of further attribute mappings (`schemas/mapping.schema.json`), one file per client name.',
  },
  {
    name: 'LATCHKEY_TEMPLATES',
    description:
      'Folder of your own words for messages and pages, and layouts for mails: see [messages.md](messages.md).',
  },
  {
    name: 'LATCHKEY_IMPORT_FOLDERS',
    description:
      'JSON file of folders whose files of people are imported as they arrive (`schemas/import-folders.schema.json`): see [csv.md](csv.md#a-watched-folder).',
  },
  {
    name: 'SMTP_URL',
    description:
      'Mail server as a nodemailer URL (`smtps://user:password@host`) or its options as JSON (DKIM, '
      + 'OAuth2); without it mail is captured and shown at `/dev/mailbox`.',
    secret: true,
    fault: smtpUrl,
  },
  { name: 'MAIL_FROM', default: 'Latchkey <latchkey@localhost>', description: 'Sender of mails.', fault: mailAddress },
  {
    name: 'LATCHKEY_ADMIN_EMAIL',
    description: "Where the one-time link for the console's first owner is mailed; default: the start prints it.",
    fault: (text) => (isMailAddress(text) ? undefined : 'is not a mail address'),
  },
  {
    name: 'LATCHKEY_MAIL_PER_MINUTE',
    description: 'The most mails to hand over in a minute; default: no limit.',
    fault: wholeNumber(1, 1_000_000),
  },
  {
    name: 'LATCHKEY_SMS_SECRET',
    description: 'Bearer token for the SMS gateway; for the `twilio` preset `AccountSid:AuthToken`.',
    secret: true,
  },
  {
    name: 'LATCHKEY_WEBHOOK_HOSTS',
    default: '',
    description:
      'Hosts, separated by commas, that webhooks may reach although their addresses are private, and by plain http.',
  },
  {
    name: 'LATCHKEY_MODULES',
    description: 'Folder of ES modules that webhook endpoints of kind `module` may name. They run with your rights.',
  },
  {
    name: 'LATCHKEY_AUDIT_CHECKPOINTS',
    description:
      'A file that each signed checkpoint of the audit is added to, best on another machine; the log has '
      + 'them all the same.',
  },
  {
    name: 'LATCHKEY_BOUNCE_ADDRESS',
    description:
      'Address that bounces come back to, such as `bounces@mail.example`: each mail is then sent from '
      + '`bounces+<its id>@mail.example`.',
    fault: bounceAddress,
  },
  {
    name: 'LATCHKEY_TRUST_PROXY',
    default: '',
    description: 'Proxies whose `X-Forwarded-For` is believed: addresses or CIDR ranges, separated by commas.',
  },
  {
    name: 'LATCHKEY_DEV_MAILBOX',
    default: 'auto',
    description:
      'Whether `/dev/mailbox` shows captured mail, with live links and codes, to this machine. `auto`: '
      + 'only while `LATCHKEY_PUBLIC_URL` is a loopback address or not set, and `LATCHKEY_TRUST_PROXY` is '
      + 'not set; `on`: in any case; `off`: never.',
    fault: oneOf('auto', 'on', 'off'),
  },
  {
    name: 'LATCHKEY_WORKER',
    default: 'on',
    description: '`off`: this process sends nothing and leaves the outbox to `latchkey worker`.',
    fault: oneOf('on', 'off'),
  },
  {
    name: 'LATCHKEY_METRICS',
    description:
      'Address and port of a listener of its own that answers `GET /metrics` for Prometheus, such as `127.0.0.1:9464`. Whoever reaches it sees the names of clients and tenants.',
    fault: hostAndPort,
  },
  {
    name: 'LOG_LEVEL',
    default: 'info',
    description: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
    fault: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  },
  {
    name: 'LOG_FORMAT',
    default: 'auto',
    description: '`json`: one JSON object a line; `text`: lines for people; `auto`: `text` on a terminal, else `json`.',
    fault: oneOf('auto', 'text', 'json'),
  },
];

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

/** Variables of these names are read by other programs around Latchkey: scripts, containers, tests. */
const othersVariables: readonly string[] = ['LATCHKEY_URL'];

/**
 * The variables that begin with LATCHKEY_ and that no part of Latchkey reads: a typo there would go unnoticed.
 * @param environment such as `process.env`
 * @returns one sentence each
 */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = [...variables.flatMap(({ name }) => [name, `${name}_FILE`]), ...othersVariables];
  return Object.keys(environment)
    .filter((name) => /^LATCHKEY_/i.test(name) && !known.includes(name))
    .map((name) => {
      const meant = didYouMean(name, known);
      return `${name} is not a variable that Latchkey reads${meant === undefined ? '' : `: did you mean ${meant}?`}`;
    });
}

/**
 * The effective configuration as lines `NAME=value  # source`, secrets hidden.
 * @param values as readConfig gives them
 */
export function describeConfig(values: EffectiveValues): string {
  return variables
    .map((variable) => {
      const found = values.get(variable.name);
      if (found === undefined || found.value === '') return `${variable.name}=  # not set`;
      return `${variable.name}=${variable.secret === true ? '(hidden)' : found.value}  # ${found.source}`;
    })
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

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function wholeNumber(least: number, most: number) {
  return (value: string) =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}, not '${value}'`;
}

function oneOf(...allowed: string[]) {
  return (value: string) =>
    allowed.includes(value) ? undefined : `must be one of ${allowed.join(', ')}, not '${value}'`;
}

function httpUrl(value: string) {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return `must be an http or https URL, not '${value}'`;
  return url.search !== '' || url.hash !== '' || url.username !== ''
    ? 'must be a bare URL: no user, query or fragment'
    : undefined;
}

function mongoUri(value: string) {
  return /^mongodb(\+srv)?:\/\/./.test(value) ? undefined : 'must begin with mongodb:// or mongodb+srv://';
}

/** With the plus sign the id of a mail comes to 56 characters at most, a local part to 64 (RFC 5321 §4.5.3.1.1). */
function bounceAddress(value: string) {
  return /^[a-z0-9._-]{1,8}@[a-z0-9.-]+$/i.test(value)
    ? undefined
    : 'must be a plain address of at most 8 characters before the @';
}

function smtpUrl(value: string) {
  if (value.startsWith('{')) return isJson(value) ? undefined : 'begins like a JSON object and is none';
  return URL.canParse(value) && /^smtps?:$/.test(new URL(value).protocol)
    ? undefined
    : 'must be an smtp:// or smtps:// URL';
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function longToken(value: string) {
  if (/[^\x21-\x7e]/.test(value)) return 'must be printable ASCII without spaces';
  return value.length >= 32 ? undefined : `must have at least 32 characters, not ${value.length}`;
}

function key32(value: string) {
  const isKey = (one: string) => /^[A-Za-z0-9+/_-]{43}=?$/.test(one) && Buffer.from(one, 'base64').length === 32;
  return keyTexts(value).every(isKey)
    ? undefined
    : 'must be 32 bytes in base64, or several such, the newest first: make one with `openssl rand -base64 32`';
}

function keyTexts(value = ''): string[] {
  return value.split(/[\s,]+/).filter((one) => one !== '');
}

function mailAddress(value: string) {
  return /^[^<>\r\n]*<[^@\s<>]+@[^@\s<>]+>$|^[^@\s<>]+@[^@\s<>]+$/.test(value)
    ? undefined
    : `must be an address or 'Name <address>', not '${value}'`;
}

function hostAndPort(text: string): string | undefined {
  const port = addressIn(text)?.port;
  if (port !== undefined && port <= 65535) return undefined;
  return 'must be an address and a port, such as 127.0.0.1:9464 or [::1]:9464';
}

function addressIn(text: string | undefined): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text ?? '') ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? undefined : { host, port: Number(port) };
}
