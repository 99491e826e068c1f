import type { Json } from '../base/json.ts';
import type { BounceNotice } from '../provisioning/messages/bounces.ts';
import { noticeOf, type HookReading } from './hook-reading.ts';
import { jsonAt, listAt, textAt } from './json-at.ts';
import { readJson } from './read-json.ts';

/**
 * Amazon SES by way of SNS: an envelope whose `Message` holds the notification as text, or the notification alone ("raw
 * delivery"). Its `SubscribeURL` is never fetched from here: a caller could name any address.
 */
export function readSesHook(body: Buffer): HookReading {
  const envelope = readJson(body.toString('utf8'));
  const type = textAt(envelope, 'Type');
  if (type === 'SubscriptionConfirmation') {
    return {
      notices: [],
      confirmation: { topic: textAt(envelope, 'TopicArn'), url: textAt(envelope, 'SubscribeURL') },
    };
  }
  if (type === 'UnsubscribeConfirmation') return { notices: [] };
  const message = type === 'Notification' ? parseMessage(textAt(envelope, 'Message')) : envelope;
  const notice = noticeIn(message);
  return { notices: notice === undefined ? [] : [notice] };
}

/** SNS sends plain sentences too, when a topic is first connected. */
function parseMessage(text: string): Json {
  return text.trimStart().startsWith('{') ? readJson(text) : null;
}

function noticeIn(message: Json): BounceNotice | undefined {
  const sources = sourcesOf(jsonAt(message, 'mail'));
  switch (textAt(message, 'notificationType') || textAt(message, 'eventType')) {
    case 'Bounce': {
      const type = textAt(message, 'bounce', 'bounceType');
      const subType = textAt(message, 'bounce', 'bounceSubType');
      const [recipient] = listAt(message, 'bounce', 'bouncedRecipients');
      // A vacation answer comes as a transient bounce with nothing in it: that mail has arrived.
      const isAnswer = type === 'Transient' && subType === 'General' && !hasFailed(recipient);
      if (isAnswer) return undefined;
      const reasons = [`${type}/${subType}`, textAt(recipient, 'diagnosticCode') || textAt(recipient, 'status')];
      return noticeOf(type === 'Permanent' ? 'bounced' : 'softBounced', sources, reasons);
    }
    case 'Complaint': {
      const feedback = textAt(message, 'complaint', 'complaintFeedbackType');
      return feedback === 'not-spam' ? undefined : noticeOf('complained', sources, ['complaint', feedback]);
    }
    case 'Reject':
      return noticeOf('softBounced', sources, ['rejected', textAt(message, 'reject', 'reason')]);
    default:
      return undefined;
  }
}

function hasFailed(recipient: Json | undefined): boolean {
  return ['action', 'status', 'diagnosticCode'].some((name) => textAt(recipient, name) !== '');
}

/** SES gives each mail an id of its own; ours is among the headers it lists, and in the envelope sender. */
function sourcesOf(mail: Json | undefined): string[] {
  const headers = listAt(mail, 'headers')
    .filter((header) => textAt(header, 'name').toLowerCase() === 'message-id')
    .map((header) => textAt(header, 'value'));
  return [...headers, textAt(mail, 'commonHeaders', 'messageId'), textAt(mail, 'source'), textAt(mail, 'messageId')];
}
