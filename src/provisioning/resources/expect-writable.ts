import { equalJson, isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { pathCovers } from '../../text/path-covers.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Attribute } from '../../scim/model/schema.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { RequestContext } from '../../scim/port/resource-handler.ts';
import { latchkeyUrn } from '../user/latchkey-extension.ts';

/** What a request would make of a resource. */
export interface WantedState {
  readonly resource: Resource;
  /** What it does to a group's members. */
  readonly members: readonly unknown[];
  /** It asks for the password to be mailed. */
  readonly sends?: boolean;
}

/**
 * Holds a client to the attributes that it may write, by what would be changed: however the request spells it, and
 * whatever an alias makes of it. What stays as it is may be sent.
 * @param before undefined for a create
 * @throws ScimError 403 naming the first attribute that it may not write
 */
export function expectWritable(
  { client }: RequestContext,
  type: ResourceType,
  before: Resource | undefined,
  { resource, members, sends }: WantedState,
): void {
  const { attributes: allowed, name } = client;
  if (allowed === undefined) return;
  const refuse = (path: string): void => {
    if (allowed.some((one) => pathCovers(one, path))) return;
    throw new ScimError(
      403,
      undefined,
      `client '${name}' may not write ${path}, only ${allowed.join(', ')}: leave it out, or use `
        + 'PATCH for what it may write.',
    );
  };
  if (members.length > 0 && type.resolve({ attribute: 'members' })?.relation === 'members') refuse('members');
  if (resource['password'] !== undefined) refuse('password');
  if (sends === true) refuse(`${latchkeyUrn}:sendPassword`);
  for (const attribute of type.schema.attributes) compare(attribute, attribute.name, before, resource, allowed, refuse);
  compareValues('externalId', before?.['externalId'], resource['externalId'], allowed, refuse);
  for (const { schema } of type.extensions)
    for (const attribute of schema.attributes)
      compare(
        attribute,
        `${schema.id}:${attribute.name}`,
        objectAt(before, schema.id),
        objectAt(resource, schema.id),
        allowed,
        refuse,
      );
}

function compare(
  { name, mutability }: Attribute,
  path: string,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
  allowed: readonly string[],
  refuse: (path: string) => void,
): void {
  if (mutability === 'readOnly' || name === 'members') return;
  compareValues(path, before?.[name], after?.[name], allowed, refuse);
}

function compareValues(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
  allowed: readonly string[],
  refuse: (path: string) => void,
): void {
  const inner = allowed.filter((one) => one.toLowerCase().startsWith(`${path.toLowerCase()}.`));
  const names = new Set(inner.map((one) => one.slice(path.length + 1).toLowerCase()));
  if (!equalJson(without(before, names), without(after, names))) refuse(path);
}

/** A value without the sub-attributes that may be written; what holds nothing else is absent. */
function without(value: Json | undefined, names: ReadonlySet<string>): Json | undefined {
  if (names.size === 0 || value === undefined) return value;
  if (Array.isArray(value)) return value.map((one) => without(one, names) ?? null);
  if (!isJsonObject(value)) return value;
  const rest = Object.entries(value).filter(([name]) => !names.has(name.toLowerCase()));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

function objectAt(resource: Resource | undefined, urn: string): JsonObject | undefined {
  const value = resource?.[urn];
  return isJsonObject(value) ? value : undefined;
}
