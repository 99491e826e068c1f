import type { Actor } from '../../domain/actor.ts';
import { isJsonObject } from '../../base/json.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Condition } from '../../scim/search/condition.ts';
import type { Include, Representation, RequestContext, ResourceHandler } from '../../scim/port/resource-handler.ts';
import type { RowRelations, Standing } from '../plan/decide-row.ts';
import type { KeyTable } from '../plan/key-table.ts';
import type { ImportPerson } from '../plan/person-of-row.ts';
import type { ImportBatch } from './import-batch.ts';

/** Through what imports read and write: the same door as SCIM calls. */
export interface PeopleParts {
  readonly handler: ResourceHandler;
  readonly userType: ResourceType;
  readonly groupType: ResourceType;
}

/** The client that imports are to the audit, the request log and ownership. */
export const importClient = { id: 'import', name: 'import' } as const;

export const nothingMore: Include = { members: false, groups: false };
const withGroups: Include = { members: false, groups: true };
/** Managers and groups that are remembered. */
const mostRemembered = 20_000;

/** The people of a batch: looks people and groups up, and caches frequent ones. */
export class People {
  readonly #parts: PeopleParts;
  readonly #batch: ImportBatch;
  readonly #managers = new Map<string, string | undefined>();
  readonly #groups = new Map<string, string | undefined>();

  constructor(parts: PeopleParts, batch: ImportBatch) {
    this.#parts = parts;
    this.#batch = batch;
  }

  /** How the batch calls. @param mark tells the calls of one batch apart in the request log */
  context(mark: string, dryRun = false): RequestContext {
    const { tenant, id, name, options } = this.#batch;
    const actor: Actor = { kind: 'import', id, name };
    return {
      tenant,
      client: importClient,
      // Every spelling that a file or a workbook may have.
      profile: 'auto',
      triggeredBy: 'import',
      requestId: `${id}-${mark}`,
      dryRun,
      actor,
      ...(options.webhooks ? { tellsWebhooks: true } : {}),
    };
  }

  /**
   * Everybody a row is about.
   * @param inFile whether a row of the file has an externalId
   */
  async relationsOf(person: ImportPerson, inFile: (externalId: string) => boolean): Promise<RowRelations> {
    const wants = person.groups.length > 0 ? withGroups : nothingMore;
    const byUserName =
      person.userName === undefined ? undefined : await this.#one('username', foldCase(person.userName), wants);
    const isSame = byUserName?.resource['externalId'] === person.externalId;
    const byExternalId =
      person.externalId === undefined
        ? undefined
        : isSame
          ? byUserName
          : await this.#one('externalid', person.externalId, wants);
    return {
      byUserName,
      byExternalId,
      manager: await this.#managerOf(person, inFile),
      newGroups: await this.#newOf(person.groups),
    };
  }

  /** The id of the person with an externalId. Who is not here yet is looked for again. */
  async managerId(externalId: string): Promise<string | undefined> {
    const known = this.#managers.get(externalId);
    if (known !== undefined) return known;
    const found = (await this.#one('externalid', externalId, nothingMore))?.id;
    if (this.#managers.size > mostRemembered) this.#managers.clear();
    if (found !== undefined) this.#managers.set(externalId, found);
    return found;
  }

  /** The id of the group with a name, in any letter case. */
  async groupId(name: string): Promise<string | undefined> {
    const key = foldCase(name);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const [found] = await this.#find(this.#parts.groupType, 'displayname', key, nothingMore, 1);
    const id = found?.resource['id'];
    if (this.#groups.size > mostRemembered) this.#groups.clear();
    if (typeof id === 'string') this.#groups.set(key, id);
    return typeof id === 'string' ? id : undefined;
  }

  /** @returns undefined where there is no such person any more */
  async read(id: string, groups = false): Promise<Standing | undefined> {
    const { handler, userType } = this.#parts;
    try {
      return standingOf(await handler.read(this.context('read'), userType, id, groups ? withGroups : nothingMore));
    } catch (cause) {
      if (cause instanceof Error && 'status' in cause && cause.status === 404) return undefined;
      throw cause;
    }
  }

  /** How many people satisfy a condition. */
  async count(condition: Condition): Promise<number> {
    const { handler, userType } = this.#parts;
    const query = { condition, sort: undefined, wants: nothingMore, count: 0, page: { startIndex: 1 } };
    return (await handler.list(this.context('count'), userType, query)).totalResults;
  }

  /** Everybody who may sign in, in pages. */
  async *active(): AsyncGenerator<readonly Standing[]> {
    const { handler, userType } = this.#parts;
    let after = '';
    for (;;) {
      const query = { condition: isActive, sort: undefined, wants: nothingMore, count: 500, page: { after } };
      const page = await handler.list(this.context('walk'), userType, query);
      yield page.resources.map(standingOf);
      if (page.next === undefined) return;
      after = page.next;
    }
  }

  async #newOf(names: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (const name of names) if ((await this.groupId(name)) === undefined) found.push(name);
    return found;
  }

  async #managerOf(
    { manager }: ImportPerson,
    inFile: (externalId: string) => boolean,
  ): Promise<RowRelations['manager']> {
    if (manager === undefined) return undefined;
    const id = await this.managerId(manager);
    if (id !== undefined) return { id };
    return inFile(manager) ? 'later' : 'unknown';
  }

  async #one(key: string, value: string, wants: Include): Promise<Standing | undefined> {
    const [found, second] = await this.#find(this.#parts.userType, key, value, wants, 2);
    if (second !== undefined)
      throw new AmbiguousError(`${key === 'externalid' ? 'externalId' : 'userName'}: two people here have "${value}".`);
    return found === undefined ? undefined : standingOf(found);
  }

  async #find(
    type: ResourceType,
    key: string,
    value: string,
    wants: Include,
    count: number,
  ): Promise<readonly Representation[]> {
    const condition: Condition = { kind: 'compare', operator: 'eq', target: [{ key, multiValued: false }], value };
    const query = { condition, sort: undefined, wants, count, page: { startIndex: 1 } };
    return (await this.#parts.handler.list(this.context('find'), type, query)).resources;
  }
}

/** A row that could be about two people who are here. */
export class AmbiguousError extends Error {
  override readonly name = 'AmbiguousError';
}

/** The condition `active eq true`. */
export const isActive: Condition = {
  kind: 'compare',
  operator: 'eq',
  target: [{ key: 'active', multiValued: false }],
  value: true,
};

/** The keys under which a row's names are told apart. */
export function keysOf({ userName, externalId }: ImportPerson): readonly string[] {
  return [
    ...(userName === undefined ? [] : [`n${foldCase(userName)}`]),
    ...(externalId === undefined ? [] : [`x${externalId}`]),
  ];
}

/** Why a row conflicts with another of the file; undefined when it does not. */
export function twiceIn(table: KeyTable, person: ImportPerson): string | undefined {
  for (const key of keysOf(person)) {
    const other = table.otherLine(key, person.line);
    if (other === undefined) continue;
    const [name, value] = key.startsWith('n') ? ['userName', person.userName] : ['externalId', person.externalId];
    return `${name}: "${value ?? ''}" is on line ${Math.min(other, person.line)} and on line ${Math.max(other, person.line)}. Keep the right one.`;
  }
  return undefined;
}

function standingOf({ resource }: Representation): Standing {
  const { id, groups } = resource as Resource & { id?: unknown };
  const names = (Array.isArray(groups) ? groups : []).flatMap((group) =>
    isJsonObject(group) && typeof group['display'] === 'string' && group['type'] !== 'indirect'
      ? [foldCase(group['display'])]
      : [],
  );
  return { id: typeof id === 'string' ? id : '', resource, groups: new Set(names) };
}
