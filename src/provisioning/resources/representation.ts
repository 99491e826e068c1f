import { isJsonObject } from '../../base/json.ts';
import { soon, type Soon } from '../../base/soon.ts';
import { each, inTurns } from '../../base/cooperative.ts';
import type { Representation, Include } from '../../scim/port/resource-handler.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Attribute } from '../../scim/model/schema.ts';
import type {
  GroupOfMember,
  MembershipChange,
  ResourceStore,
  ShownReads,
  ShownRecord,
  StoredRecord,
} from '../records/resource-store.ts';
import { showMembers } from '../members/shown-members.ts';

/** What the caller knows already of records that are to be shown. */
export interface Known {
  /** Their groups, by id. */
  readonly groups?: ReadonlyMap<string, readonly GroupOfMember[]>;
  /** Of a dry run: what would be done to the members of these groups. */
  readonly change?: MembershipChange | undefined;
}

/** Whether resources of a type are shown with the groups that they are in. */
export function hasGroups(type: ResourceType, wants: Include): boolean {
  return wants.groups && type.resolve({ attribute: 'groups' })?.relation === 'groups';
}

/**
 * Shows stored records as the protocol answers them: without what is never returned, with the computed attributes that
 * are wanted. The groups of a whole page are read at once; members are read on iteration.
 */
export async function represent(
  store: ResourceStore,
  type: ResourceType,
  records: readonly ShownRecord[],
  wants: Include,
  { groups: read, change }: Known = {},
): Promise<Shown[]> {
  const [first] = records;
  const groups =
    hasGroups(type, wants) && first !== undefined
      ? (read
        ?? (await store.groupsOf(
          first.tenant,
          records.map(({ id }) => id),
        )))
      : undefined;
  const showsMembers = hasMembers(type, wants);
  const shownGroup = shownOnce();
  const show = (record: ShownRecord): Shown => {
    const inGroups = groups?.get(record.id);
    const shown = inGroups === undefined || inGroups.length === 0 ? none : inGroups.map(shownGroup);
    return new Shown(type, record, shown, showsMembers ? showMembers(store, record, change) : {});
  };
  return inTurns(each(records, show));
}

/** The same for one record, at once where its groups are known and none of its members are wanted. */
export function representOne(
  store: ResourceStore,
  type: ResourceType,
  record: ShownRecord,
  wants: Include,
): Soon<Shown> {
  const groups = hasGroups(type, wants) ? record.groups : noGroups;
  if (groups === undefined) return represent(store, type, [record], wants).then(([shown]) => shown!);
  return new Shown(
    type,
    record,
    groups.length === 0 ? none : groups.map(showGroup),
    hasMembers(type, wants) ? showMembers(store, record, undefined) : {},
  );
}

function hasMembers(type: ResourceType, wants: Include): boolean {
  return wants.members && type.resolve({ attribute: 'members' })?.relation === 'members';
}

/** On a page the same groups come again and again: each is made once. */
function shownOnce(): (group: GroupOfMember) => Resource {
  const known = new Map<GroupOfMember, Resource>();
  return (group) => {
    const shown = known.get(group) ?? showGroup(group);
    known.set(group, shown);
    return shown;
  };
}

/** The groups of members, by their place on a page. */
export function groupsByPlace(
  store: ResourceStore,
  tenant: string,
  members: ReadonlyMap<number, string>,
): Soon<ReadonlyMap<number, readonly Resource[]>> {
  if (members.size === 0) return new Map<number, Resource[]>();
  const shownGroup = shownOnce();
  return soon(
    store.groupsOf(tenant, [...members.values()]),
    (groups) => new Map([...members].map(([place, id]) => [place, (groups.get(id) ?? []).map(shownGroup)])),
  );
}

const noGroups: readonly GroupOfMember[] = [];

const none: readonly Resource[] = [];

/** A record as it shows: its resource is made when somebody looks at it, for many answers are made of its text. */
export class Shown implements Representation {
  readonly publicText: Representation['publicText'];
  readonly resourceType: string;
  readonly version: number;
  readonly created: string;
  readonly lastModified: string;
  readonly members: Representation['members'];
  readonly memberTexts: Representation['memberTexts'];
  dryRun: Representation['dryRun'];
  skippedMembers: Representation['skippedMembers'];
  readonly #type: ResourceType;
  readonly #record: ShownRecord;
  readonly #groups: readonly Resource[];
  #resource: Resource | undefined;

  constructor(
    type: ResourceType,
    record: ShownRecord,
    groups: readonly Resource[],
    { members, memberTexts }: Pick<Representation, 'members' | 'memberTexts'>,
  ) {
    const { id, publicText } = record;
    this.#type = type;
    this.#record = record;
    this.#groups = groups;
    this.publicText = publicText === undefined ? undefined : { text: publicText.text, id, groups };
    this.resourceType = type.name;
    this.version = record.version;
    this.created = record.created;
    this.lastModified = record.lastModified;
    this.members = members;
    this.memberTexts = memberTexts;
  }

  get resource(): Resource {
    if (this.#resource !== undefined) return this.#resource;
    const resource: Resource = {
      ...withoutSecrets(this.#type, this.#record.whole().resource),
      id: this.#record.id,
      ...(this.#groups.length === 0 ? {} : { groups: [...this.#groups] }),
    };
    this.#resource = resource;
    return resource;
  }
}

/** A record that is there as a whole, for a read that shows it. */
export function shownWhole(record: StoredRecord): ShownRecord {
  const { tenant, id, version, created, lastModified, publicText } = record;
  return { tenant, id, version, created, lastModified, publicText, whole: () => record };
}

/** Reads of a store for answers; where it has none of its own, its records are shown. */
export function shownReadsOf(store: ResourceStore): Required<Pick<ShownReads, 'get' | 'query'>> {
  const { shown } = store;
  return {
    get: (tenant, type, id, withGroups) =>
      shown?.get === undefined
        ? store.get(tenant, type, id).then((record) => record && shownWhole(record))
        : shown.get(tenant, type, id, withGroups),
    query: async (asked) => {
      if (shown?.query !== undefined) return shown.query(asked);
      const { records, ...page } = await store.query(asked);
      return { ...page, records: records.map(shownWhole) };
    },
  };
}

function showGroup({ value, display, type }: GroupOfMember): Resource {
  return { value, ...(display === undefined ? {} : { display }), type };
}

/** The attributes of a resource type that no answer ever holds: at the top, and by extension. */
interface Secrets {
  readonly core: readonly string[];
  readonly extensions: readonly { readonly urn: string; readonly names: readonly string[] }[];
}

const secretsOf = new WeakMap<ResourceType, Secrets>();

function withoutSecrets(type: ResourceType, resource: Resource): Resource {
  const secrets = secretsOf.get(type) ?? findSecrets(type);
  const shown = without(resource, secrets.core);
  for (const { urn, names } of secrets.extensions) {
    const extension = shown[urn];
    if (isJsonObject(extension)) shown[urn] = without(extension, names);
  }
  return shown;
}

function findSecrets(type: ResourceType): Secrets {
  const neverReturned = (attributes: readonly Attribute[]): string[] =>
    attributes.filter(({ returned }) => returned === 'never').map(({ name }) => name);
  const secrets = {
    core: neverReturned(type.schema.attributes),
    extensions: type.extensions
      .map(({ schema }) => ({ urn: schema.id, names: neverReturned(schema.attributes) }))
      .filter(({ names }) => names.length > 0),
  };
  secretsOf.set(type, secrets);
  return secrets;
}

function without(object: Resource, names: readonly string[]): Resource {
  const copy = { ...object };
  for (const name of names) delete copy[name];
  return copy;
}
