import { ScimError } from '../../../scim/model/scim-error.ts';
import { isTooLarge } from '../commands/database-errors.ts';

/** What a write is refused with: 413 where the resource and its search document are larger than a document can be. */
export function translateTooLarge(error: unknown): unknown {
  return isTooLarge(error)
    ? new ScimError(413, undefined, 'The resource is larger than the database can hold.')
    : error;
}
