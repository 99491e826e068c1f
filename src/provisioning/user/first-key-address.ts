import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Settings } from '../../config/settings.ts';
import type { Onboarding } from './latchkey-extension.ts';

const dayMs = 86_400_000;

/**
 * The instant from which messages go out and sign-in works: `startDate` less the tenant's lead days; undefined when
 * there is none.
 */
export function startOf({ startDate }: Onboarding, settings: Settings): Date | undefined {
  const time = startDate === undefined ? Number.NaN : Date.parse(startDate);
  return Number.isNaN(time) ? undefined : new Date(time - settings.onboarding.leadDays * dayMs);
}

/** The latest `startDate` of those for whom that instant has come. */
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
  const started = startDate !== undefined && Date.parse(startDate) <= now.getTime();
  return (!started && isEmailAddress(notificationEmail) ? notificationEmail : undefined) ?? emailAddress(resource);
}

/** The user's own address: the primary one, else one for work, else the first that is an address at all. */
export function emailAddress(resource: Resource): string | undefined {
  const emails = elements(resource['emails']).filter((email) => isEmailAddress(email['value']));
  return text((emails.find(isPrimary) ?? emails.find((email) => isOfType(email, 'work')) ?? emails[0])?.['value']);
}

/**
 * Loose on purpose: mail servers decide. It only keeps out what could not be an address or would be read as several.
 */
function isEmailAddress(value: Json | undefined): value is string {
  return (
    typeof value === 'string' && value.length <= 320 && /^[^\s@<>,;:"\\\p{Cc}]+@[^\s@<>,;:"\\\p{Cc}]+$/u.test(value)
  );
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
