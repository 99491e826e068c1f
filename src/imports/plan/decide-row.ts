import { hash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import { validateResource } from '../../scim/validate/validate-resource.ts';
import type { ImportPerson, Want } from './person-of-row.ts';
import { isThere, operationFor, valueAt, withValue } from './places.ts';

/** A user as they are, with the groups that they are in directly. */
export interface Standing {
  readonly id: string;
  readonly resource: Resource;
  /** Their names, folded. */
  readonly groups: ReadonlySet<string>;
}

/** One attribute that a row changes; `before` is absent where there is none. */
export interface PlannedChange {
  readonly path: string;
  readonly before?: Json;
  readonly after: Json;
}

/** Who else a row is about. */
export interface RowRelations {
  /** Those that the row's userName and externalId find; the same one, or none. */
  readonly byUserName: Standing | undefined;
  readonly byExternalId: Standing | undefined;
  /** The manager's id, where they are here; `later` where an earlier or later row of the file makes them. */
  readonly manager: { readonly id: string } | 'later' | 'unknown' | undefined;
  /** Which of the row's groups are not there yet. */
  readonly newGroups: readonly string[];
}

/** What a row comes to. */
export type Decision =
  | {
      readonly kind: 'create';
      readonly resource: Resource;
      readonly groups: readonly string[];
      readonly changes: readonly PlannedChange[];
    }
  | {
      readonly kind: 'change';
      readonly id: string;
      readonly before: Resource;
      readonly operations: readonly PatchOperation[];
      readonly changes: readonly PlannedChange[];
      /** Names of the groups that they are added to. */
      readonly groups: readonly string[];
    }
  | { readonly kind: 'unchanged'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** What deciding needs to know of the tenant. */
export interface DecisionRules {
  readonly userType: ResourceType;
  /** IANA name of the zone to which a day is local where the person has none. */
  readonly timezone: string;
}

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** Where the manager's id lies. */
export const managerPath = `${enterprise}:manager.value`;

/**
 * What one row comes to against what is here. Pure: preview, limits and run all ask this, so what was approved is what
 * runs.
 */
export function decideRow(person: ImportPerson, relations: RowRelations, rules: DecisionRules): Decision {
  const { byUserName, byExternalId, manager } = relations;
  if (byUserName !== undefined && byExternalId !== undefined && byUserName.id !== byExternalId.id) {
    return refused(
      `userName: this name is ${byUserName.id}'s, and the externalId is ${byExternalId.id}'s. `
        + 'Mend the one that is wrong.',
    );
  }
  const standing = byExternalId ?? byUserName;
  const otherId = standing?.resource['externalId'];
  if (byExternalId === undefined && typeof otherId === 'string' && person.externalId !== undefined)
    return refused(
      `externalId: ${person.userName ?? ''} has another externalId already (${otherId}), so `
        + 'this may be another person.',
    );
  if (manager === 'unknown')
    return refused(`manager: no person here or in the file has the externalId "${person.manager ?? ''}".`);
  if (standing === undefined && person.userName === undefined)
    return refused(
      `userName: no person here has the externalId "${person.externalId ?? ''}", and a new person needs a userName.`,
    );
  let wants: readonly Want[];
  try {
    wants = wantsOf(person, standing, rules);
  } catch (cause) {
    if (cause instanceof ScimError) return refused(cause.message);
    throw cause;
  }
  const managerWant = typeof manager === 'object' ? [{ path: managerPath, value: manager.id }] : [];
  if (standing !== undefined) return changeOf(person, standing, [...wants, ...managerWant], manager === 'later');
  return {
    kind: 'create',
    resource: bodyOf([...wants, ...managerWant]),
    groups: person.groups,
    changes: [...wants.map(({ path, value }) => ({ path, after: value })), ...managerChange(person)],
  };
}

/** Twelve bytes that identify a decision. */
export function digestOf(line: number, decision: Decision): string {
  const text = JSON.stringify([line, decision.kind, ...partsOf(decision)]);
  return hash('sha256', text, 'base64url').slice(0, 16);
}

/** It names the manager by externalId, whether or not the manager exists yet. */
function partsOf(decision: Decision): readonly unknown[] {
  switch (decision.kind) {
    case 'create':
      return [decision.changes, decision.groups];
    case 'change':
      return [decision.id, decision.changes, decision.groups];
    case 'unchanged':
      return [decision.id];
    default:
      return [decision.reason];
  }
}

/** The manager by externalId: their id is not known before they are made. */
function managerChange({ manager }: ImportPerson): readonly PlannedChange[] {
  return manager === undefined ? [] : [{ path: managerPath, after: manager }];
}

function changeOf(person: ImportPerson, standing: Standing, wants: readonly Want[], managerLater: boolean): Decision {
  const { id, resource, groups: inGroups } = standing;
  const operations: PatchOperation[] = [];
  const changes: PlannedChange[] = [];
  for (const { path, value } of wants) {
    if (isThere(resource, path, value)) continue;
    const operation = operationFor(resource, path, value);
    if (operation === undefined) continue;
    operations.push(operation);
    const before = valueAt(resource, path);
    changes.push({
      path,
      ...(before === undefined ? {} : { before }),
      after: path === managerPath ? (person.manager ?? value) : value,
    });
  }
  if (managerLater) changes.push(...managerChange(person));
  const groups = person.groups.filter((name) => !inGroups.has(foldCase(name)));
  if (changes.length === 0 && groups.length === 0) return { kind: 'unchanged', id };
  return { kind: 'change', id, before: resource, operations, changes, groups };
}

/**
 * The values of a row as the schemas have them: days brought to instants in the person's own zone, spellings to ours.
 * @throws ScimError for a value that the schemas refuse
 */
function wantsOf(person: ImportPerson, standing: Standing | undefined, { userType, timezone }: DecisionRules): Want[] {
  const zone = standing?.resource['timezone'];
  const body = person.resource ?? bodyOf(person.wants);
  // A row need not repeat the name of an existing person.
  const named = body['userName'] === undefined ? { ...body, userName: standing?.resource['userName'] ?? '' } : body;
  const { resource } = validateResource(
    userType,
    { schemas: [userType.schema.id], ...named },
    { context: 'create', unknownAttributes: 'refuse', timezone: typeof zone === 'string' ? zone : timezone },
  );
  if (person.resource === undefined)
    return person.wants.flatMap(({ path }) => {
      const value = valueAt(resource, path);
      return value === undefined ? [] : [{ path, value }];
    });
  return Object.entries(resource).flatMap(([name, value]) => leavesOf(name, value ?? null));
}

/** The attributes of a SCIM User, each with its path: of a complex one its parts, of a list the whole. */
function leavesOf(name: string, value: Json): Want[] {
  if (['schemas', 'id', 'meta', 'groups', 'members'].includes(name)) return [];
  if (!isJsonObject(value)) return [{ path: name, value }];
  const isExtension = name.includes(':');
  return Object.entries(value).flatMap(([sub, inner]) => {
    if (inner === undefined) return [];
    if (!isExtension) return [{ path: `${name}.${sub}`, value: inner }];
    if (!isJsonObject(inner)) return [{ path: `${name}:${sub}`, value: inner }];
    return Object.entries(inner).flatMap(([leaf, one]) =>
      one === undefined ? [] : [{ path: `${name}:${sub}.${leaf}`, value: one }],
    );
  });
}

function bodyOf(wants: readonly Want[]): JsonObject {
  return wants.reduce<JsonObject>((body, { path, value }) => withValue(body, path, value), {});
}

function refused(reason: string): Decision {
  return { kind: 'refused', reason };
}
