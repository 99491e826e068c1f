import { promises as dns } from 'node:dns';
import { loadInstallation } from '../../composition/core/load-installation.ts';
import { readConfig, type Config } from '../../config/config.ts';
import { unknownVariables } from '../../config/unknown-variables.ts';
import { weakSettings } from '../../config/weak-settings.ts';
import { loadFolders } from '../../imports/folder/load-folders.ts';
import { checkSmtp } from '../../notify/mail/check-smtp.ts';
import { senderDomain } from '../../notify/mail/sender-domain.ts';
import { senderRecords } from '../../notify/mail/sender-records.ts';
import { systemFault } from '../../text/system-fault.ts';
import type { ApiConnection } from '../connection.ts';
import { listAt, textAt, valueAt } from '../output.ts';
import { calledAs } from '../called-as.ts';
import { farUrl } from '../far-url.ts';
import { NoStoreError } from '../usage-error.ts';

/** What a check has found: a warning is for soon, a fault is for now. */
export interface Finding {
  readonly check: string;
  readonly state: 'fine' | 'warning' | 'fault';
  /** What is the matter and what to do, or what is in order. */
  readonly sentence: string;
}

/** How long the public address may take to answer, in milliseconds. */
const answerMs = 5_000;
/** From this many days before its end on, a credential is warned of. */
const soonDays = 90;
const dayMs = 86_400_000;

/**
 * Checks everything that an installation needs.
 * @param withApi finds a Latchkey, or opens the store
 */
export async function runChecks(
  withApi: (use: (api: ApiConnection) => Promise<void>) => Promise<void>,
): Promise<readonly Finding[]> {
  const read = await attempt('configuration', () => {
    const { config } = readConfig(process.env);
    const url = farUrl();
    const far =
      url === undefined ? [] : [fine('place', `the store is that of ${url}; variables and files are this machine's`)];
    const unknown = unknownVariables(process.env).map((sentence) => warning('configuration', sentence));
    return { config, findings: [...far, ...unknown] };
  });
  if ('state' in read) return [read];
  const { config } = read;
  return [
    fine('configuration', 'every variable can be read'),
    ...read.findings,
    ...(await checkFiles(config)),
    ...checkKey(config),
    ...(await checkStore(withApi)),
    ...(await checkMail(config)),
    ...(await checkPublicUrl(config)),
  ];
}

async function checkFiles(config: Config): Promise<Finding[]> {
  const loaded = await attempt('files', () => {
    if (config.importFolders !== undefined) loadFolders(config.importFolders);
    return { settings: loadInstallation(config).settings };
  });
  if ('state' in loaded) return [loaded];
  return [
    fine('files', 'settings, schemas, mappings and words can be read'),
    ...weakSettings(loaded.settings, config).map((sentence) => warning('settings', sentence)),
  ];
}

function checkKey({ keys, dataDir }: Config): Finding[] {
  return keys.length === 0
    ? [warning('key', `LATCHKEY_KEY is not set: the key is in ${dataDir}, beside the data it protects. Set it`)]
    : [fine('key', 'LATCHKEY_KEY is set')];
}

async function checkStore(withApi: (use: (api: ApiConnection) => Promise<void>) => Promise<void>): Promise<Finding[]> {
  const findings: Finding[] = [];
  const reached = await attempt('store', async () => {
    try {
      await withApi(async (api) => {
        await api.call({ method: 'GET', path: '/readyz' });
        findings.push(fine('store', 'the database answers, and is at the present schema'));
        findings.push(...(await checkCredentials(api)));
      });
    } catch (cause) {
      if (!(cause instanceof NoStoreError)) throw cause;
      findings.push(warning('store', cause.message));
    }
    return {};
  });
  return 'state' in reached ? [...findings, reached] : findings;
}

async function checkCredentials(api: ApiConnection): Promise<Finding[]> {
  const { body } = await api.call({ method: 'GET', path: '/admin/v1/clients' });
  const findings: Finding[] = [];
  for (const client of listAt(body, 'clients')) {
    const id = textAt(client, 'id');
    const { body: answer } = await api.call({ method: 'GET', path: `/admin/v1/clients/${id}/credentials` });
    for (const credential of listAt(answer, 'credentials')) {
      const end = valueAt(credential, 'expiresAt');
      if (typeof end !== 'string' || valueAt(credential, 'revokedAt') !== undefined) continue;
      const days = Math.floor((Date.parse(end) - Date.now()) / dayMs);
      if (days >= soonDays) continue;
      const when = days < 0 ? `ended on ${end.slice(0, 10)}` : `ends on ${end.slice(0, 10)}`;
      const sentence =
        `a ${textAt(credential, 'kind')} of the client '${textAt(client, 'name')}' ${when}: `
        + `${calledAs()} credentials rotate ${id} ${textAt(credential, 'id')}`;
      findings.push(warning('credentials', sentence));
    }
  }
  return findings.length > 0 ? findings : [fine('credentials', `none ends within ${soonDays} days`)];
}

async function checkMail({ smtpUrl, mailFrom }: Config): Promise<Finding[]> {
  if (smtpUrl === undefined) return [warning('mail', 'SMTP_URL is not set: mail is captured and not sent')];
  const checked = await attempt('mail', () => checkSmtp(smtpUrl));
  if ('state' in checked) return [checked];
  const { server, works, encrypted } = checked;
  if (!works) return [fault('mail', `${server} does not let us in: ${checked.fault}`)];
  const isLocal = /^(?:localhost|127\.|\[?::1)/.test(server);
  return [
    encrypted || isLocal
      ? fine('mail', `${server} lets us in`)
      : warning('mail', `${server} has no TLS: messages travel in clear. Use smtps://, or a server with STARTTLS`),
    ...(await checkSender(senderDomain(mailFrom))),
  ];
}

async function checkSender(domain: string): Promise<Finding[]> {
  if (domain === 'localhost')
    return [
      warning('sender', 'MAIL_FROM is at localhost: other servers refuse such mail. Set it to an address of yours'),
    ];
  const found = await attempt('sender', () => senderRecords(domain, dns));
  if ('state' in found) return [{ ...found, state: 'warning' }];
  const { spf, severalSpf, dmarc } = found;
  return [
    severalSpf
      ? warning('sender', `${domain} has several SPF records, which count as none: keep one`)
      : spf === undefined
        ? warning('sender', `${domain} has no SPF record: publish one that names your mail server`)
        : fine('sender', `${domain} has an SPF record`),
    dmarc === undefined
      ? warning('sender', `${domain} has no DMARC record: publish one at _dmarc.${domain}`)
      : fine('sender', `${domain} has a DMARC record`),
  ];
}

async function checkPublicUrl({ publicUrl }: Config): Promise<Finding[]> {
  if (publicUrl === undefined)
    return [warning('address', 'LATCHKEY_PUBLIC_URL is not set: links in mails lead to this machine alone')];
  const answered = await attempt('address', async () => {
    const { status } = await fetch(`${publicUrl}/healthz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
    });
    return { status };
  });
  if ('state' in answered) return [answered];
  if (answered.status !== 200)
    return [fault('address', `${publicUrl}/healthz answers ${answered.status}: check the proxy in front`)];
  return [
    publicUrl.startsWith('https:')
      ? fine('address', `${publicUrl} answers`)
      : warning('address', `${publicUrl} is http: passwords travel in clear. Put TLS in front`),
  ];
}

function fine(check: string, sentence: string): Finding {
  return { check, state: 'fine', sentence };
}

function warning(check: string, sentence: string): Finding {
  return { check, state: 'warning', sentence };
}

function fault(check: string, sentence: string): Finding {
  return { check, state: 'fault', sentence };
}

/** What a check gives, or the fault that it fails with. */
async function attempt<Given extends object>(
  check: string,
  act: () => Given | Promise<Given>,
): Promise<Given | Finding> {
  try {
    return await act();
  } catch (cause) {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const text = cause instanceof Error && cause.message !== 'fetch failed' ? systemFault(cause) : systemFault(inner);
    return fault(check, text);
  }
}
