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
  /** See `RecordChange`. */
  readonly compared?: { readonly before: Resource; readonly after: Resource };
}

/** Ids of members that are told. */
const mostMembers = 20;

/**
 * What a write changes, attribute by attribute. Of attributes that are never returned, of passwords and of whatever has
 * the name of a secret the path alone is told; the timeline of deliveries has events of its own.
 */
export function changesOf(
  type: ResourceType,
  { before, resource, account, members, compared }: WrittenChange,
): AttributeChange[] {
  const { kindOf } = pathsOf(type);
  const [was, is] = compared === undefined ? [before?.resource, resource] : [compared.before, compared.after];
  const changes = attributeChanges(was, is, (path) => kindOf(path) === 'hidden').filter(
    ({ path }) => kindOf(path) !== 'passedOver',
  );
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

/** Of a path whether its values are told, or nothing at all. */
type PathKind = 'told' | 'hidden' | 'passedOver';

interface Paths {
  readonly kindOf: (path: string) => PathKind;
}

/**
 * Paths whose kinds are kept: all that schemas have, and no end of those that a stored resource may have from before.
 */
const mostPaths = 5_000;

const known = new WeakMap<ResourceType, Paths>();

function pathsOf(type: ResourceType): Paths {
  const found = known.get(type);
  if (found !== undefined) return found;
  const all = [
    ...neverReturned('', type.schema.attributes),
    ...type.extensions.flatMap(({ schema: { id, attributes } }) => neverReturned(`${id}:`, attributes)),
  ];
  const hidden = new Set(all.map((path) => path.toLowerCase()));
  const passedOver = new Set([
    'schemas',
    ...type.extensions.map(({ schema: { id } }) => `${id}:deliveries`.toLowerCase()),
  ]);
  const judge = (path: string): PathKind => {
    if (passedOver.has(path.toLowerCase())) return 'passedOver';
    return hidden.has(path.toLowerCase()) || isSecretName(lastName(path)) ? 'hidden' : 'told';
  };
  // Judging a name takes longer than comparing its values, and writes name the same few paths again and again.
  const kinds = new Map<string, PathKind>();
  const kindOf = (path: string): PathKind => {
    const known = kinds.get(path);
    if (known !== undefined) return known;
    const kind = judge(path);
    if (kinds.size < mostPaths) kinds.set(path, kind);
    return kind;
  };
  const paths = { kindOf };
  known.set(type, paths);
  return paths;
}

function neverReturned(under: string, attributes: readonly Attribute[]): string[] {
  return attributes.flatMap((attribute) => {
    if (attribute.returned === 'never') return [`${under}${attribute.name}`];
    return neverReturned(`${under}${attribute.name}.`, attribute.subAttributes ?? []);
  });
}
