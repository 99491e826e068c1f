import type { Steps } from '../base/cooperative.ts';
import { readDictionary } from '../provisioning/passwords/password-strength.ts';
import { prepareValidation } from '../scim/validate/validate-resource.ts';
import type { ResourceTypes } from '../scim/model/resource-type.ts';

/**
 * Does what the first calls would have to wait for, once the server takes calls: a command, and the start itself, do
 * without.
 */
export function* warmUp(types: ResourceTypes): Steps<void> {
  for (const type of types.all()) yield* prepareValidation(type);
  readDictionary();
}
