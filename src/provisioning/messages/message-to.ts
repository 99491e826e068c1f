import type { Prepared } from '../../notify/delivery/addressee.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import { brandValues } from '../../config/brand-values.ts';
import type { Settings } from '../../config/settings.ts';
import { requestOf } from './awaited-delivery.ts';
import { timeOf } from '../../scim/time/instant.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import { type Person, personOf } from '../user/person.ts';
import type { StoredRecord } from '../records/resource-store.ts';

/** A message that may be sent, before it is written. */
type ReadyToSend = Extract<Prepared, { readonly outcome: 'send' }>;

/** The recipient of a message, and the user it is about. */
export interface MessageSubject {
  readonly to: string;
  readonly delivery: Delivery;
  readonly record: StoredRecord;
  /** Who reads it, where that is not the user. */
  readonly manager: StoredRecord | undefined;
}

/** How long after the start date an unknown mailbox may still be created. */
const mailboxGraceMs = 14 * 86_400_000;

/**
 * What a message says: the reader's languages (their own, the one they asked in, the tenant's) and zone, the user's
 * name, and the values that were made for it.
 * @param values the secret and its link, or the link alone
 */
export function messageTo(
  { to, delivery, record, manager }: MessageSubject,
  settings: Settings,
  values: ReadyToSend['values'],
): ReadyToSend {
  const reader = personOf(manager ?? record, settings.locale);
  const { language } = delivery.data;
  const asked = typeof language === 'string' ? [language] : [];
  const expected = requestOf(delivery) === undefined ? undefined : mailboxExpectedBy(record);
  return {
    outcome: 'send',
    to,
    locales: [...reader.locales, ...(manager === undefined ? asked : []), settings.locale, 'en'],
    values: {
      ...(reader.displayName === undefined ? {} : { displayName: reader.displayName }),
      userName: reader.userName,
      productName: settings.productName,
      timezone: reader.timezone ?? settings.timezone,
      timezoneIsOwn: reader.timezone !== undefined,
      ...brandValues(settings),
      ...(manager === undefined ? values : { employee: nameOf(personOf(record, settings.locale)) }),
    },
    ...(expected === undefined ? {} : { mailboxExpectedBy: expected }),
  };
}

function nameOf({ displayName, userName }: Person): string {
  return displayName ?? userName;
}

/** Work mailboxes are often made at the last moment, by another system than the one that tells of the user. */
function mailboxExpectedBy({ resource }: StoredRecord): Date | undefined {
  const start = timeOf(readOnboarding(resource).startDate ?? '');
  return Number.isNaN(start) ? undefined : new Date(start + mailboxGraceMs);
}
