import type { Precondition } from '../../scim/port/resource-handler.ts';
import { PreconditionFailedError, UniquenessError } from '../../scim/model/scim-error.ts';
import { attributeOfUniqueKey } from '../../scim/model/unique-keys.ts';
import { groupNameUniqueKey } from './lookup-keys.ts';
import type { RecordRef } from './record-change.ts';

/** The 409 that names the attribute and the holder (RFC 7644 §3.3). */
export function taken({ type }: RecordRef, key: string, holder: string): UniquenessError {
  const attribute =
    attributeOfUniqueKey(type, key)
    ?? (key.startsWith(groupNameUniqueKey('')) ? 'displayName' : key.slice(0, Math.max(0, key.indexOf(':'))));
  return new UniquenessError(`${attribute}: another ${type.name} has this value already`, holder);
}

export function checkPrecondition({ ifMatch, ifNoneMatch }: Precondition = {}, version: number): void {
  if (ifMatch !== undefined && ifMatch !== '*' && !ifMatch.includes(version)) throw stale(version);
  if (ifNoneMatch !== undefined && (ifNoneMatch === '*' || ifNoneMatch.includes(version))) {
    throw new PreconditionFailedError(`If-None-Match does not allow this: the resource is at version W/"${version}".`);
  }
}

export function stale(version: number | undefined): PreconditionFailedError {
  return new PreconditionFailedError(
    version === undefined
      ? 'The resource is gone.'
      : `The resource has changed: it is at version W/"${version}", which If-Match does not name. Read `
          + 'it again and repeat the change.',
  );
}
