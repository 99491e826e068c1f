import { systemFault } from '../../text/system-fault.ts';
import { senderRecords, type TextResolver } from './sender-records.ts';

/** What is known of one kind of record, and what to do about it. */
export interface SenderFinding {
  readonly kind: 'spf' | 'dkim' | 'dmarc';
  /** `weak`: it is there and protects little. `unknown`: it cannot be told. */
  readonly state: 'fine' | 'weak' | 'missing' | 'wrong' | 'unknown';
  readonly selector?: string;
  /** As the DNS has it. */
  readonly record?: string;
  /** What is the matter, or in order. */
  readonly sentence: string;
  /** The record to publish. */
  readonly remedy?: { readonly name: string; readonly type: string; readonly value: string };
}

/** The names under which mail providers usually publish DKIM keys. */
const usualSelectors = [
  ...['selector1', 'selector2', 'google', 's1', 's2', 'k1', 'k2', 'default', 'dkim', 'mail'],
  ...['pm', 'mandrill', 'mxvault', 'fm1', 'sig1'],
];

/**
 * Reads what the DNS says of a sender's domain and explains it: who may send for it (SPF, RFC 7208), whether mails can
 * be signed (DKIM, RFC 6376), and what becomes of those that are neither (DMARC, RFC 7489).
 * @param selector of the DKIM key; the usual ones are tried where it is left out
 * @throws nothing: a DNS that does not answer is a finding
 */
export async function explainSender(
  domain: string,
  resolver: TextResolver,
  selector?: string,
): Promise<readonly SenderFinding[]> {
  if (domain === 'localhost' || !domain.includes('.'))
    return kinds.map((kind) => ({
      kind,
      state: 'wrong',
      sentence:
        `The sender is at ${domain}, which is not a domain on the internet: other servers refuse such `
        + 'mail. Set a sender of yours.',
    }));
  try {
    const { spf, severalSpf, dmarc } = await senderRecords(domain, resolver);
    return [
      spfFinding(domain, spf, severalSpf),
      await dkimFinding(domain, resolver, selector),
      dmarcFinding(domain, dmarc),
    ];
  } catch (cause) {
    const sentence = `The DNS could not be asked: ${systemFault(cause)}. Try again later.`;
    return kinds.map((kind) => ({ kind, state: 'unknown', sentence }));
  }
}

const kinds = ['spf', 'dkim', 'dmarc'] as const;

function spfFinding(domain: string, record: string | undefined, several: boolean): SenderFinding {
  const kind = 'spf';
  if (several)
    return { kind, state: 'wrong', sentence: `${domain} has several SPF records, which count as none: keep one.` };
  if (record === undefined)
    return {
      kind,
      state: 'missing',
      sentence:
        `${domain} has no SPF record, so nobody can tell which servers may send for it. Publish one `
        + 'that names your mail server.',
      remedy: { name: domain, type: 'TXT', value: 'v=spf1 include:(your mail provider) -all' },
    };
  if (/\s\+?all(?:\s|$)/i.test(record))
    return {
      kind,
      state: 'wrong',
      record,
      sentence: `The SPF record of ${domain} allows every server. End it with -all.`,
    };
  return /\s[-~]all(?:\s|$)/i.test(record) || /\sredirect=/i.test(record)
    ? { kind, state: 'fine', record, sentence: `${domain} has an SPF record. Check that it names your mail server.` }
    : {
        kind,
        state: 'weak',
        record,
        sentence: `The SPF record of ${domain} says nothing about other servers. End it with -all or ~all.`,
      };
}

async function dkimFinding(domain: string, resolver: TextResolver, selector?: string): Promise<SenderFinding> {
  const kind = 'dkim';
  const tried = selector === undefined ? usualSelectors : [selector];
  const found = await Promise.all(tried.map(async (one) => ({ one, record: await keyOf(one, domain, resolver) })));
  const key = found.find(({ record }) => record !== undefined);
  if (key?.record === undefined)
    return selector === undefined
      ? {
          kind,
          state: 'unknown',
          sentence: 'No DKIM key was found under the usual names. Type the selector that your mail provider gave you.',
        }
      : {
          kind,
          selector,
          state: 'missing',
          sentence:
            `There is no DKIM key at ${selector}._domainkey.${domain}. Publish the one that your `
            + 'mail provider shows you.',
          remedy: { name: `${selector}._domainkey.${domain}`, type: 'TXT', value: '(shown by your mail provider)' },
        };
  const [, value = ''] = /(?:^|;)\s*p=([^;]*)/.exec(key.record) ?? [];
  return value.trim() === ''
    ? {
        kind,
        selector: key.one,
        state: 'wrong',
        record: key.record,
        sentence: 'The DKIM key was withdrawn: it is empty.',
      }
    : {
        kind,
        selector: key.one,
        state: 'fine',
        record: key.record.slice(0, 500),
        sentence: `A DKIM key is published under ${key.one}. Check that your mail provider signs with it.`,
      };
}

async function keyOf(selector: string, domain: string, resolver: TextResolver): Promise<string | undefined> {
  try {
    const texts = (await resolver.resolveTxt(`${selector}._domainkey.${domain}`)).map((parts) => parts.join(''));
    return texts.find((text) => /(?:^|;)\s*p=/.test(text));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && ['ENOTFOUND', 'ENODATA', 'ENAME'].includes(String(cause.code)))
      return undefined;
    throw cause;
  }
}

function dmarcFinding(domain: string, record: string | undefined): SenderFinding {
  const kind = 'dmarc';
  if (record === undefined)
    return {
      kind,
      state: 'missing',
      sentence: `${domain} has no DMARC record: large mail hosts want one, and nobody is told of forged mails.`,
      remedy: { name: `_dmarc.${domain}`, type: 'TXT', value: `v=DMARC1; p=none; rua=mailto:postmaster@${domain}` },
    };
  return /;\s*p\s*=\s*(?:quarantine|reject)/i.test(record)
    ? { kind, state: 'fine', record, sentence: `${domain} has a DMARC record, and forged mails are kept away.` }
    : {
        kind,
        state: 'weak',
        record,
        sentence: `${domain} has a DMARC record that only watches. Go on to p=quarantine once its reports are clean.`,
      };
}
