import { timeOf } from '../scim/time/instant.ts';
import { localInstant } from '../scim/time/local-time.ts';
import { plainTime } from '../scim/time/plain-time.ts';
import { InvalidValueError } from '../scim/model/scim-error.ts';

/**
 * Reads a parameter or field that is a dateTime, or a day.
 * @param name what details call it
 * @param timezone IANA name of the zone that a day is local to
 * @throws InvalidValueError naming it when there is no such moment, such as the 60th second of a minute
 */
export function readMoment(name: string, text: string, timezone: string): Date {
  const plain = plainTime(text) ?? text;
  const time = timeOf(localInstant(plain, timezone) ?? plain);
  if (Number.isNaN(time))
    throw new InvalidValueError(`${name} must be a date and time that exist, such as 2031-05-06T07:08:09Z.`);
  return new Date(time);
}
