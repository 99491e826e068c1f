import { isJsonObject } from '../base/json.ts';
import type { BounceNotice } from '../provisioning/messages/bounces.ts';
import { InvalidSyntaxError } from '../scim/model/scim-error.ts';
import { noticeOf, type HookReading } from './hook-reading.ts';
import { jsonAt, textAt } from './json-at.ts';
import { unfolded } from './mime-part.ts';
import { readJson } from './read-json.ts';

/**
 * Postmark's types by what they mean for an address; those left out are not bounces: automatic answers, subscriptions,
 * address changes …
 */
const kinds: Readonly<Record<string, BounceNotice['kind']>> = {
  HardBounce: 'bounced',
  BadEmailAddress: 'bounced',
  ManuallyDeactivated: 'bounced',
  SpamComplaint: 'complained',
  SoftBounce: 'softBounced',
  DnsError: 'softBounced',
  SpamNotification: 'softBounced',
  Blocked: 'softBounced',
  DMARCPolicy: 'softBounced',
  VirusNotification: 'softBounced',
  Unknown: 'softBounced',
  SMTPApiError: 'softBounced',
};

/** Postmark's bounce and spam complaint webhooks: one record a call. `Transient` means that it goes on trying. */
export function readPostmarkHook(body: Buffer): HookReading {
  const record = readJson(body.toString('utf8'));
  if (!isJsonObject(record)) throw new InvalidSyntaxError('the body is not a JSON object');
  const type = textAt(record, 'RecordType');
  const kind = type === 'SpamComplaint' ? 'complained' : type === 'Bounce' ? kinds[textAt(record, 'Type')] : undefined;
  if (kind === undefined) return { notices: [] };
  const metadata = jsonAt(record, 'Metadata');
  const sources = isJsonObject(metadata) ? Object.values(metadata).filter((value) => typeof value === 'string') : [];
  // `Content` is what came back, where the webhook is set to include it; the mail's own headers are in it.
  const content = unfolded(textAt(record, 'Content'));
  const named = content.match(/^message-id[ \t]*:.*$/gim) ?? [];
  const reasons = [textAt(record, 'Type'), textAt(record, 'Details') || textAt(record, 'Description')];
  return { notices: [noticeOf(kind, [...sources, textAt(record, 'MessageID'), named.join(' ')], reasons)] };
}
