import type { Steps } from '../base/cooperative.ts';
import { isJsonObject, type Json } from '../base/json.ts';
import type { BounceNotice } from '../provisioning/messages/bounces.ts';
import { InvalidSyntaxError } from '../scim/model/scim-error.ts';
import { noticeOf, type HookReading } from './hook-reading.ts';
import { textAt } from './json-at.ts';
import { readJson } from './read-json.ts';

/** What one call may tell of; more is not a call of SendGrid's, whose calls are smaller. */
const maxNotices = 1000;

/** Characters of a field of an event that are looked at. Any sender of mail can write these texts. */
const longestField = 2000;

/** SendGrid's event webhook: a list of events of any kind, of which the first 1,000 about lost mail are read. */
export function* readSendgridHook(body: Buffer): Steps<HookReading> {
  const events = readJson(body.toString('utf8'));
  if (!Array.isArray(events)) throw new InvalidSyntaxError('the body is not a list of events');
  const notices: BounceNotice[] = [];
  let leftOut = 0;
  for (const event of events) {
    const kind = kindOf(event);
    if (kind === undefined) continue;
    if (notices.length === maxNotices) leftOut += 1;
    else {
      notices.push(noticeIn(event, kind));
      yield;
    }
  }
  return { notices, ...(leftOut > 0 ? { unread: `${leftOut} events beyond the first ${maxNotices}` } : {}) };
}

function noticeIn(event: Json, kind: BounceNotice['kind']): BounceNotice {
  // The Message-ID comes as `smtp-id`; arguments that a mail was sent with come as fields of their own.
  const others = isJsonObject(event) ? Object.values(event).filter((value) => typeof value === 'string') : [];
  return noticeOf(
    kind,
    [textAt(event, 'smtp-id'), ...others],
    [textAt(event, 'event'), textAt(event, 'reason') || textAt(event, 'status')],
  );
}

function kindOf(event: Json): BounceNotice['kind'] | undefined {
  switch (textAt(event, 'event')) {
    // `blocked` means that the server would not take it this time.
    case 'bounce':
      return textAt(event, 'type') === 'blocked' || textAt(event, 'status').startsWith('4') ? 'softBounced' : 'bounced';
    case 'blocked':
      return 'softBounced';
    case 'spamreport':
      return 'complained';
    // SendGrid's own list, made of what happened before.
    case 'dropped':
      return droppedKind(textAt(event, 'reason').slice(0, longestField));
    default:
      return undefined;
  }
}

function droppedKind(reason: string): BounceNotice['kind'] {
  if (/spam report/i.test(reason)) return 'complained';
  return /bounced address|^invalid$/i.test(reason) ? 'bounced' : 'softBounced';
}
