import { isJsonObject, type Json } from '../json.ts';
import type { BounceNotice } from '../provisioning/messages/bounces.ts';
import { InvalidSyntaxError } from '../scim/model/scim-error.ts';
import { noticeOf, type HookReading } from './hook-reading.ts';
import { textAt } from './json-at.ts';
import { readJson } from './read-json.ts';

/** SendGrid's event webhook: a list of events of any kind. */
export function readSendgridHook(body: Buffer): HookReading {
  const events = readJson(body.toString('utf8'));
  if (!Array.isArray(events)) throw new InvalidSyntaxError('the body is not a list of events');
  return { notices: events.flatMap((event) => noticeIn(event) ?? []) };
}

function noticeIn(event: Json): BounceNotice | undefined {
  const kind = kindOf(event);
  if (kind === undefined) return undefined;
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
      return droppedKind(textAt(event, 'reason'));
    default:
      return undefined;
  }
}

function droppedKind(reason: string): BounceNotice['kind'] {
  if (/spam report/i.test(reason)) return 'complained';
  return /bounced address|^invalid$/i.test(reason) ? 'bounced' : 'softBounced';
}
