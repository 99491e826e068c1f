import type { ReplyMeaning } from './reply-rule.ts';
import { replyRules } from './reply-rules.ts';

/** What a server's answer means. */
export interface ReplyJudgement {
  readonly means: ReplyMeaning;
  /** What an operator has to do; of `account` only. */
  readonly advice?: string;
  /** The reply code; undefined where the text has none. */
  readonly code: number | undefined;
}

/** Longer texts are cut before patterns look at them. */
const longestRead = 1000;

/**
 * Judges the words of an SMTP reply, or those that a returned mail or a provider quotes of one, by one table
 * (`reply-rules`). Pure.
 * @param text a reply as it came, also over several lines, also behind a status (`5.1.1: 550 5.1.1 …`), with or
 *   without enhanced status
 */
export function judgeReply(text: string): ReplyJudgement {
  const said = text
    .slice(0, longestRead)
    .replace(/[\r\n]+[245]\d\d[- ](?:[245]\.\d{1,3}\.\d{1,3} )?/g, ' ')
    .replace(/\s+/g, ' ');
  const code = /(?:^|[\s:;([-])([245]\d\d)(?=[\s:;-]|$)/.exec(said)?.[1];
  const statuses = [...said.matchAll(/(?:^|[^\d.])[245]\.(\d{1,3}\.\d{1,3})(?![\d.]*\d)/g)].map(
    ([, status = '']) => status,
  );
  // What says nothing is said for want of better: `5.0.0` before a reply with a status of its own.
  const telling = statuses.filter((status) => status !== '0.0');
  const rule = replyRules.find(
    ({ status, words, unless }) =>
      (status === undefined || telling.some((one) => status.test(one)))
      && (words === undefined || words.test(said))
      && unless?.test(said) !== true,
  );
  return {
    means: rule?.means ?? 'unclear',
    ...(rule?.advice === undefined ? {} : { advice: rule.advice }),
    code: code === undefined ? undefined : Number(code),
  };
}

/** True where mail to this address cannot arrive: nothing more need be sent to it. */
export function saysAddressIsDead({ means }: Pick<ReplyJudgement, 'means'>): boolean {
  return means === 'noMailbox' || means === 'dead';
}

/** Which of the large mail hosts an answer comes from, by words that no other host uses; undefined for all others. */
export function hostThatSaid(text: string): string | undefined {
  const said = text.slice(0, longestRead);
  return hosts.find(([, words]) => words.test(said))?.[0];
}

const hosts: readonly (readonly [name: string, words: RegExp])[] = [
  [
    'Microsoft 365',
    /RESOLVER\.(?:ADR|RST)|\.prod\.(?:outlook|protection)|5\.4\.1 Recipient address rejected: Access denied/i,
  ],
  ['Google', /\bgsmtp\b|support\.google\.com/i],
];
