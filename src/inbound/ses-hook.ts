import type { Json } from '../json.ts';
import type { BounceNotice } from '../provisioning/messages/bounces.ts';
import { noticeOf, type HookReading } from './hook-reading.ts';
import { jsonAt, listAt, textAt } from './json-at.ts';
import { readJson } from './read-json.ts';

/**
 * Amazon SES by way of SNS: an envelope whose `Message` holds the notification as text, or the notification alone
 * ("raw delivery"). Its `SubscribeURL` is never fetched from here: whoever can post could name any address.
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
      const [recipient] = listAt(message, 'bounce', 'bouncedRecipients');
      const reasons = [
        `${type}/${textAt(message, 'bounce', 'bounceSubType')}`,
        textAt(recipient, 'diagnosticCode') || textAt(recipient, 'status'),
      ];
      return noticeOf(type === 'Permanent' ? 'bounced' : 'softBounced', sources, reasons);
    }
    case 'Complaint': {
      const feedback = textAt(message, 'complaint', 'complaintFeedbackType');
      return feedback === 'not-spam' ? undefined : noticeOf('complained', sources, ['complaint', feedback]);
    }
    default:
      return undefined;
  }
}

/** SES gives each mail an id of its own; ours stands among the headers it has seen, and in the envelope sender. */
function sourcesOf(mail: Json | undefined): string[] {
  const headers = listAt(mail, 'headers')
    .filter((header) => textAt(header, 'name').toLowerCase() === 'message-id')
    .map((header) => textAt(header, 'value'));
  return [...headers, textAt(mail, 'commonHeaders', 'messageId'), textAt(mail, 'source'), textAt(mail, 'messageId')];
}
