import { foldCase } from '../../scim/model/case-fold.ts';
import { isJsonObject, type Json } from '../../base/json.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Settings } from '../../config/settings.ts';
import { addressesOf } from '../user/first-key-address.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import { personOf } from '../user/person.ts';
import { phoneTarget } from '../user/phone-number.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { userNameKey } from '../user/user-name-key.ts';

/**
 * What the holder of a mailed password link must prove besides it. Always the user name, and: a code sent to the user's
 * phone; without a phone, and where the address gives the user name away, the employee number; else nothing more.
 */
export type SecondProof = 'code' | 'employeeNumber' | 'userName';

/** What was typed to prove it. */
export interface GivenProof {
  readonly userName: string;
  /** Empty where it was not asked for. */
  readonly code: string;
  readonly employeeNumber: string;
}

const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * The best proof that this user can give.
 * @param textsGoOut whether there is any way to send text messages
 */
export function secondProofOf({ resource }: StoredRecord, settings: Settings, textsGoOut: boolean): SecondProof {
  const codesLive = textsGoOut && settings.onboarding.expiryMinutes.smsOtp !== 0;
  if (codesLive && 'to' in phoneTarget(resource, settings)) return 'code';
  return userNameIsTold(resource) && employeeNumberOf(resource) !== undefined ? 'employeeNumber' : 'userName';
}

/**
 * Whether what was typed is this user's name and, where it is asked for, their employee number. Letter case and
 * spaces around do not count.
 */
export function provesPerson(
  record: StoredRecord,
  proof: SecondProof,
  { userName, employeeNumber }: GivenProof,
): boolean {
  if (userNameKey(userName.trim()) !== userNameKey(personOf(record).userName)) return false;
  return proof !== 'employeeNumber' || foldCase(employeeNumber.trim()) === employeeNumberOf(record.resource);
}

/** True when the mail's address gives the user name away: every reader of the mail knows it. */
function userNameIsTold(resource: Resource): boolean {
  const name = foldCase(personOf({ id: '', resource }).userName);
  return addressesOf(resource, readOnboarding(resource)).some((address) => {
    const folded = foldCase(address);
    return folded === name || folded.split('@')[0] === name;
  });
}

function employeeNumberOf(resource: Resource): string | undefined {
  const extension = resource[enterpriseUrn];
  const number = isJsonObject(extension) ? textOf(extension['employeeNumber'])?.trim() : undefined;
  return number === undefined || number === '' ? undefined : foldCase(number);
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
