import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../src/base/json.ts';
import { packageFile } from '../../src/base/package-root.ts';
import { loadResourceTypes } from '../../src/scim/validate/load-schemas.ts';
import type { ResourceType } from '../../src/scim/model/resource-type.ts';

/** The resource types that ship. */
export const shippedTypes = loadResourceTypes([packageFile('schemas')]);

/** Those and the ones of a customer's folder: `/Roles`, `/Entitlements` and an extension of User. */
export const extendedTypes = loadResourceTypes([packageFile('schemas'), packageFile('test/samples/own-schemas')]);

export const userType = typeNamed('User');
export const groupType = typeNamed('Group');
/** User with the extension `badgeUrn`. */
export const badgedUserType = typeNamed('User', true);

export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const latchkeyUrn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
export const badgeUrn = 'urn:example:scim:schemas:extension:badge:2.0:User';

/** A file of `test/samples`. */
export function sample(name: string): JsonObject {
  return JSON.parse(readFileSync(packageFile(`test/samples/${name}`), 'utf8')) as JsonObject;
}

function typeNamed(name: string, extended = false): ResourceType {
  const type = (extended ? extendedTypes : shippedTypes).byName(name);
  if (type === undefined) throw new Error(`no resource type ${name}`);
  return type;
}
