import { readMailAddress } from '../../text/mail-address.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { timeOf } from '../../scim/time/instant.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Settings } from '../../config/settings.ts';
import type { Onboarding } from './latchkey-extension.ts';

const dayMs = 86_400_000;

/**
 * The instant from which messages go out and sign-in works: `startDate` less the tenant's lead days, of 24 hours each;
 * undefined when there is none.
 */
export function startOf({ startDate }: Onboarding, settings: Settings): Date | undefined {
  const time = startDate === undefined ? Number.NaN : timeOf(startDate);
  return Number.isNaN(time) ? undefined : new Date(time - settings.onboarding.leadDays * dayMs);
}

/** The latest `startDate` that has begun by now. */
export function startDateBy(now: Date, settings: Settings): Date {
  return new Date(now.getTime() + settings.onboarding.leadDays * dayMs);
}

/** That instant, but only while it lies ahead. */
export function notBefore(onboarding: Onboarding, settings: Settings, now: Date): Date | undefined {
  const start = startOf(onboarding, settings);
  return start !== undefined && start > now ? start : undefined;
}

/**
 * Where a user's first key goes by mail: to `notificationEmail` as long as the start date has not come (or none is
 * given), afterwards, and for everything later, to the user's own address.
 * @returns undefined when there is no such address
 */
export function firstKeyAddress(resource: Resource, onboarding: Onboarding, now: Date): string | undefined {
  const { notificationEmail, startDate } = onboarding;
  const started = startDate !== undefined && timeOf(startDate) <= now.getTime();
  return (started ? undefined : addressIn(notificationEmail)) ?? emailAddress(resource);
}

/** The address for first keys that the record names, as mail is sent to it. */
export function notificationAddress({ notificationEmail }: Onboarding): string | undefined {
  return addressIn(notificationEmail);
}

/**
 * The e-mail addresses a record names, in no order: each with whether it is the primary one, and `notificationEmail`.
 * Letter case, order and types do not count.
 */
export function mailPlaces(resource: Resource, { notificationEmail }: Onboarding): string[] {
  const own = elements(resource['emails']).flatMap((email) => {
    const address = addressIn(email['value']);
    return address === undefined ? [] : [`${isPrimary(email) ? 'primary ' : ''}${foldCase(address)}`];
  });
  const other = addressIn(notificationEmail);
  return [...new Set([...own, ...(other === undefined ? [] : [`notification ${foldCase(other)}`])])].sort();
}

/** The user's own address: the primary one, else one for work, else the first that can be used at all. */
export function emailAddress(resource: Resource): string | undefined {
  const emails = elements(resource['emails']).filter((email) => addressIn(email['value']) !== undefined);
  return addressIn((emails.find(isPrimary) ?? emails.find((email) => isOfType(email, 'work')) ?? emails[0])?.['value']);
}

/** Every address a user's record names, each as mail is sent to it; without those that cannot be used. */
export function addressesOf(resource: Resource, { notificationEmail }: Onboarding): string[] {
  return [...elements(resource['emails']).map((email) => email['value']), notificationEmail]
    .map(addressIn)
    .filter((address) => address !== undefined);
}

/** Why a user has no address to send to: a sentence for the timeline, without the address itself. */
export function whyNoEmail(resource: Resource, { notificationEmail }: Onboarding): string {
  const given = elements(resource['emails']).flatMap((email, index) => {
    const value = text(email['value']);
    return value === undefined || value === '' ? [] : [{ path: `emails[${index}].value`, value }];
  });
  if (notificationEmail !== undefined) given.push({ path: 'notificationEmail', value: notificationEmail });
  const faults = given.flatMap(({ path, value }) => {
    const reading = readMailAddress(value);
    return 'fault' in reading ? [`${path}: ${reading.fault}`] : [];
  });
  return faults.length === 0
    ? 'There is no e-mail address to send to.'
    : `The address cannot be used: ${faults.slice(0, mostFaults).join('; ')}.`;
}

/** More addresses than this are not told of one by one. */
const mostFaults = 3;

/** The address as mail is sent to it; the resource keeps what the client wrote. */
function addressIn(value: Json | undefined): string | undefined {
  const reading = typeof value === 'string' ? readMailAddress(value) : undefined;
  return reading !== undefined && 'address' in reading ? reading.address : undefined;
}

function elements(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function isPrimary(element: JsonObject): boolean {
  return element['primary'] === true;
}

function isOfType(element: JsonObject, type: string): boolean {
  return text(element['type'])?.toLowerCase() === type;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
