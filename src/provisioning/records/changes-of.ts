import { attributeChanges, shortened, type AttributeChange } from '../../domain/attribute-changes.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Attribute } from '../../scim/model/schema.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { isSecretName } from '../../text/secret-name.ts';
import type { Account } from './account.ts';
import type { EventDraft } from './origin.ts';
import type { MembershipChange, StoredRecord } from './resource-store.ts';

/** A write as the audit tells it; without `resource` it removes the record. */
export interface WrittenChange {
  readonly before: StoredRecord | undefined;
  readonly resource?: Resource;
  readonly account?: Account;
  readonly members?: MembershipChange;
  readonly events: readonly EventDraft[];
}

/** Ids of members that are told. */
const mostMembers = 20;

/**
 * What a write changes, attribute by attribute. Of attributes that are never returned, of passwords and of whatever has
 * the name of a secret the path alone is told; the timeline of deliveries has events of its own.
 */
export function changesOf(
  type: ResourceType,
  { before, resource, account, members }: WrittenChange,
): AttributeChange[] {
  const { hidden, passedOver } = pathsOf(type);
  const changes = attributeChanges(
    before?.resource,
    resource,
    (path) => hidden.has(path.toLowerCase()) || isSecretName(lastName(path)),
  ).filter(({ path }) => !passedOver.has(path.toLowerCase()));
  if (resource !== undefined && account?.passwordHash !== before?.account?.passwordHash)
    changes.push({ path: 'password' });
  if (members !== undefined) changes.push(memberChange(members));
  return changes;
}

function memberChange({ clear, remove, add }: MembershipChange): AttributeChange {
  const before = clear ? 'all' : told(remove);
  const after = told(add.map(({ value }) => value));
  return { path: 'members', ...(before === '' ? {} : { before }), ...(after === '' ? {} : { after }) };
}

function told(ids: readonly string[]): string {
  const some = ids.slice(0, mostMembers).join(' ');
  return shortened(ids.length > mostMembers ? `${some} and ${ids.length - mostMembers} more` : some);
}

function lastName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf(':'), path.lastIndexOf('.')) + 1);
}

/** Paths in lower case. */
interface Paths {
  readonly hidden: ReadonlySet<string>;
  readonly passedOver: ReadonlySet<string>;
}

const known = new WeakMap<ResourceType, Paths>();

function pathsOf(type: ResourceType): Paths {
  const found = known.get(type);
  if (found !== undefined) return found;
  const all = [
    ...neverReturned('', type.schema.attributes),
    ...type.extensions.flatMap(({ schema: { id, attributes } }) => neverReturned(`${id}:`, attributes)),
  ];
  const paths = {
    hidden: new Set(all.map((path) => path.toLowerCase())),
    passedOver: new Set(['schemas', ...type.extensions.map(({ schema: { id } }) => `${id}:deliveries`.toLowerCase())]),
  };
  known.set(type, paths);
  return paths;
}

function neverReturned(under: string, attributes: readonly Attribute[]): string[] {
  return attributes.flatMap((attribute) => {
    if (attribute.returned === 'never') return [`${under}${attribute.name}`];
    return neverReturned(`${under}${attribute.name}.`, attribute.subAttributes ?? []);
  });
}
