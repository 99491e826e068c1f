import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/min';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Settings } from '../../config/settings.ts';

/** Where a text message goes, in E.164 (`+4915112345678`), or why there is no such number. */
export type PhoneTarget = { readonly to: string } | { readonly reason: string };

/**
 * The number to which a user's text messages go: of those that can be used the primary one, else a mobile one, else
 * the first. A number without a country code is taken to be in the country of the user's address, else in the first
 * of the tenant's countries.
 */
export function phoneTarget(resource: Resource, settings: Settings): PhoneTarget {
  const phones = elements(resource['phoneNumbers']).filter((phone) => text(phone['value']) !== undefined);
  if (phones.length === 0) return { reason: 'There is no phone number to send to.' };
  const region = regionOf(resource, settings);
  const targets = inOrder(phones).map((phone) => targetOf(text(phone['value']) ?? '', region, settings));
  return targets.find((target) => 'to' in target) ?? targets[0]!;
}

/** The phone numbers a record names, in no order, each with whether it is the primary one. Types do not count. */
export function phonePlaces(resource: Resource, settings: Settings): string[] {
  const region = regionOf(resource, settings);
  const places = elements(resource['phoneNumbers']).map((phone) => {
    const value = text(phone['value']) ?? '';
    const target = targetOf(value, region, settings);
    return `${phone['primary'] === true ? 'primary ' : ''}${'to' in target ? target.to : value.trim()}`;
  });
  return [...new Set(places)].sort();
}

/**
 * Reads typed text as a phone number in E.164; undefined when it is not one. Without a country code, the first of the
 * tenant's countries is assumed.
 */
export function readPhoneNumber(typed: string, { sms: { countries } }: Settings): string | undefined {
  if (typed.length > longestTyped || !/^[+\d(][\d\s()./+-]{4,}$/.test(typed.trim())) return undefined;
  const region = countries.find((country): country is CountryCode => isSupportedCountry(country));
  const number = parsePhoneNumberFromString(typed.trim().replace(/^00/, '+'), region);
  return number?.isPossible() === true ? number.number : undefined;
}

/** Longer than any phone number with blanks and brackets. */
const longestTyped = 40;

function targetOf(value: string, region: CountryCode | undefined, { sms: { countries } }: Settings): PhoneTarget {
  const number = parsePhoneNumberFromString(value, region);
  if (number === undefined || !number.isPossible()) {
    const isLocal = region === undefined && !/^\s*(?:tel:)?\s*\+/i.test(value);
    return {
      reason: isLocal
        ? 'The phone number has no country code, and no country is known for it.'
        : 'The phone number does not exist.',
    };
  }
  if (countries.length > 0 && !isIn(number, countries))
    return {
      reason: `Text messages are not sent to ${number.country ?? `+${number.countryCallingCode}`} (sms.countries).`,
    };
  return { to: number.number };
}

/** A number too new for its country to be known passes by its calling code. */
function isIn({ country, countryCallingCode }: PhoneNumber, countries: readonly string[]): boolean {
  if (country !== undefined) return countries.includes(country);
  return countries.some((one) => isSupportedCountry(one) && getCountryCallingCode(one) === countryCallingCode);
}

function regionOf(resource: Resource, { sms: { countries } }: Settings): CountryCode | undefined {
  const own = inOrder(elements(resource['addresses'])).map((address) => text(address['country'])?.toUpperCase());
  return [...own, countries[0]].find(
    (country): country is CountryCode => country !== undefined && isSupportedCountry(country),
  );
}

/** What is primary first, then what is mobile, then as the client sent it. */
function inOrder(list: readonly JsonObject[]): JsonObject[] {
  const rank = (element: JsonObject): number => {
    if (element['primary'] === true) return 0;
    return text(element['type'])?.toLowerCase() === 'mobile' ? 1 : 2;
  };
  return [...list].sort((one, other) => rank(one) - rank(other));
}

function elements(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
