import { ScimError } from '../../scim/model/scim-error.ts';

/**
 * Says of a refusal which operation of the request is at fault.
 * @param operation its place, counted from 0
 */
export function atOperation<Result>(operation: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof ScimError ? error.at(operation) : error;
  }
}
