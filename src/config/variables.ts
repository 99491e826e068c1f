import {
  bounceAddress,
  file,
  folder,
  hostAndPort,
  httpUrl,
  key32,
  longToken,
  mailAddress,
  mongoUri,
  oneOf,
  proxies,
  smtpUrl,
  wholeNumber,
} from './variable-faults.ts';
import { isMailAddress } from '../text/mail-address.ts';
import { faultOfPacks } from './schema-packs.ts';

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
  {
    name: 'LATCHKEY_SETTINGS',
    description: 'JSON file of tenant settings (`schemas/settings.schema.json`).',
    fault: file,
  },
  { name: 'LATCHKEY_SCHEMAS', description: 'Folder of further SCIM schemas and resource types.', fault: folder },
  {
    name: 'LATCHKEY_SCHEMA_PACKS',
    default: '',
    description:
      'Schemas that ship and are off, separated by commas: `okta-governance`, `devices` (RFC 9944), `agents` (draft).',
    fault: faultOfPacks,
  },
  {
    name: 'LATCHKEY_MAPPINGS',
    description: 'Folder of further attribute mappings (`schemas/mapping.schema.json`), one file per client name.',
    fault: folder,
  },
  {
    name: 'LATCHKEY_TEMPLATES',
    description:
      'Folder of your own words for messages and pages, and layouts for mails: see [messages.md](messages.md).',
    fault: folder,
  },
  {
    name: 'LATCHKEY_IMPORT_FOLDERS',
    description:
      'JSON file of folders whose files of people are imported as they arrive '
      + '(`schemas/import-folders.schema.json`): see [csv.md](csv.md#a-watched-folder).',
    fault: file,
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
      'Hosts, separated by commas, that calls to other systems (webhooks, key sets, identity providers, gateways of '
      + 'tenants) may reach although their addresses are private, and by plain http.',
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
    fault: proxies,
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
      'Address and port of a listener of its own that answers `GET /metrics` for Prometheus, such as '
      + '`127.0.0.1:9464`. It shows the names of clients and tenants.',
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
