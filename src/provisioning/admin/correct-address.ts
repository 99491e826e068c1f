import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { readMailAddress } from '../../text/mail-address.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { latchkeyUrn } from '../user/latchkey-extension.ts';

/** Where mail is to go from now on. */
export interface AddressOrder {
  /** In place of the user's own address: the primary one, else the one for work, else the first. */
  readonly email?: string;
  /** In place of the address for the first key; null: there is none. */
  readonly notificationEmail?: string | null;
}

/**
 * The operations that put another address in the place of the one that mail goes to, and leave the others.
 * @throws InvalidValueError naming what is not an address
 */
export function addressOperations(resource: Resource, { email, notificationEmail }: AddressOrder): PatchOperation[] {
  const operations: PatchOperation[] = [];
  if (email !== undefined)
    operations.push({
      op: 'replace',
      path: 'emails',
      value: withAddress(resource['emails'], addressIn('email', email)),
    });
  if (notificationEmail === null) operations.push({ op: 'remove', path: `${latchkeyUrn}:notificationEmail` });
  else if (notificationEmail !== undefined)
    operations.push({
      op: 'replace',
      path: `${latchkeyUrn}:notificationEmail`,
      value: addressIn('notificationEmail', notificationEmail),
    });
  if (operations.length === 0) throw new InvalidValueError('email: give the address that mail is to go to.');
  return operations;
}

function withAddress(emails: Json | undefined, address: string): JsonObject[] {
  const known = (Array.isArray(emails) ? emails : []).filter(isJsonObject);
  const primary = known.findIndex((one) => one['primary'] === true);
  const work = known.findIndex((one) => one['type'] === 'work');
  const index = primary >= 0 ? primary : work >= 0 ? work : 0;
  const replaced = known[index];
  if (replaced === undefined) return [{ value: address, type: 'work', primary: true }];
  const { display, ...kept } = replaced;
  void display;
  // The same address twice would be one element: the other place gives way.
  const others = known.filter((one, at) => at !== index && one['value'] !== address);
  return [{ ...kept, value: address }, ...others];
}

function addressIn(field: string, text: string): string {
  const read = readMailAddress(text);
  if ('fault' in read) throw new InvalidValueError(`${field} is not an address that mail can go to: ${read.fault}.`);
  return read.address;
}
