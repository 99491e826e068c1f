import { isJsonObject } from '../../base/json.ts';
import { readMailAddress } from '../../text/mail-address.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { SearchDocument } from '../../scim/search/search-document.ts';
import type { Account } from './account.ts';
import { findKeys } from './find-keys.ts';
import type { StoredRecord } from './resource-store.ts';

/** All keys that find a record without being unique. */
export function lookupKeysOf(
  type: ResourceType,
  { resource, account }: Pick<StoredRecord, 'resource' | 'account'>,
  search: SearchDocument,
): readonly string[] {
  return [
    ...invitationLookupKeys(account),
    ...mailLookupKeys(resource),
    ...nameLookupKeys(type, resource),
    ...findKeys(type, search, account?.source),
  ];
}

/** The look-up key of a token. */
export function tokenKey(tokenHash: string): string {
  return `token:${tokenHash}`;
}

/** The look-up key of the number that a live code was texted to. */
export function phoneKey(phone: string): string {
  return `phone:${phone}`;
}

/** The look-up key of a mail address that a record holds in other words: with a name, with blanks around it. */
export function mailKey(address: string): string {
  return `mail:${foldCase(address)}`;
}

/** Addresses that a filter on `emails.value` does not find, as the text there says more than the address. */
export function mailLookupKeys({ emails }: Resource): readonly string[] {
  return (Array.isArray(emails) ? emails : []).flatMap((email) => {
    const value = isJsonObject(email) ? email['value'] : undefined;
    if (typeof value !== 'string') return [];
    const reading = readMailAddress(value);
    return 'address' in reading && reading.address !== value ? [mailKey(reading.address)] : [];
  });
}

/** Every link that can still be asked about, live or past, and the number that a live code was texted to. */
export function invitationLookupKeys(account: Account | undefined): readonly string[] {
  if (account === undefined) return [];
  const { method, code } = account.invitation ?? {};
  const phone = method === 'smsOtp' ? code?.to : undefined;
  return [
    ...[account.invitation, ...account.pastInvitations].flatMap(
      (invitation) => invitation?.links.map(({ tokenHash }) => tokenKey(tokenHash)) ?? [],
    ),
    ...(phone === undefined ? [] : [phoneKey(phone)]),
  ];
}

/** The key that finds groups by name, whether or not names must be unique. */
export function groupNameKey(displayName: string): string {
  return `name:${foldCase(displayName)}`;
}

/** The key of groups whose names must be unique. */
export function groupNameUniqueKey(displayName: string): string {
  return `displayname:${foldCase(displayName)}`;
}

function nameLookupKeys(type: ResourceType, { displayName }: Resource): readonly string[] {
  return type.name === 'Group' && typeof displayName === 'string' ? [groupNameKey(displayName)] : [];
}
