import type { Caller } from '../domain/client.ts';
import type { DocumentedOperation } from '../operations/api-document.ts';
import { ScimError } from '../scim/model/scim-error.ts';

/**
 * Holds a client that is limited to resource types or attributes to its limits outside SCIM too: it calls what is about
 * its types alone, and changes nothing where its attributes are limited, for such changes are made over SCIM.
 * @throws ScimError 403
 */
export function expectWithinLimits(
  { name, resourceTypes, attributes }: Pick<Caller, 'name' | 'resourceTypes' | 'attributes'>,
  { id, method, scope, resourceType }: Pick<DocumentedOperation, 'id' | 'method' | 'scope' | 'resourceType'>,
): void {
  if (resourceType === 'none') return;
  if (resourceTypes !== undefined && (resourceType === undefined || !resourceTypes.includes(resourceType)))
    throw refusal(`client '${name}' is limited to ${resourceTypes.join(', ')}: it may not call ${id}`);
  const changes = method !== 'get' && scope !== 'auth';
  if (attributes !== undefined && (changes || resourceType === undefined))
    throw refusal(`client '${name}' is limited to some attributes: it may not call ${id}, but write these over SCIM`);
}

function refusal(detail: string): ScimError {
  return new ScimError(403, undefined, detail);
}
