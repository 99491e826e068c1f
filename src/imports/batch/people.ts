import type { Actor } from '../../domain/actor.ts';
import { isJsonObject } from '../../base/json.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Condition } from '../../scim/search/condition.ts';
import type { BatchHandler } from '../../scim/port/batch-handler.ts';
import type { Include, Representation, RequestContext } from '../../scim/port/resource-handler.ts';
import type { RowRelations, Standing } from '../plan/decide-row.ts';
import type { ImportPerson } from '../plan/person-of-row.ts';
import type { ImportBatch } from './import-batch.ts';

/** Through what imports read and write: the same door as SCIM calls. */
export interface PeopleParts {
  readonly handler: BatchHandler;
  readonly userType: ResourceType;
  readonly groupType: ResourceType;
}

/** The client that imports are to the audit, the request log and ownership. */
export const importClient = { id: 'import', name: 'import' } as const;

export const nothingMore: Include = { members: false, groups: false };
const withGroups: Include = { members: false, groups: true };
/** Managers and groups that are remembered. */
const mostRemembered = 20_000;

/** What is here of the people of some rows. */
export interface Relations {
  /** @throws AmbiguousError where a row could be about two people */
  of(person: ImportPerson): RowRelations;
}

/** The people of a batch: looks people and groups up, and caches frequent ones. */
export class People {
  readonly #parts: PeopleParts;
  readonly #batch: ImportBatch;
  /** Ids by externalId; null where two people have it. */
  readonly #managers = new Map<string, string | null>();
  /** Ids by folded name; null where two groups have it. */
  readonly #groups = new Map<string, string | null>();

  constructor(parts: PeopleParts, batch: ImportBatch) {
    this.#parts = parts;
    this.#batch = batch;
  }

  /** What the ids of the batch's requests begin with, before a hyphen. */
  get batchId(): string {
    return this.#batch.id;
  }

  /** How the batch calls. @param mark tells the calls of one batch apart in the request log */
  context(mark: string, dryRun = false): RequestContext {
    const { tenant, id, name, options, client = importClient } = this.#batch;
    const actor: Actor = { kind: 'import', id, name };
    return {
      tenant,
      client,
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
   * Reads at once everybody that some rows are about, with the managers and groups that they name.
   * @param inFile whether a row of the file has an externalId
   */
  async lookUp(rows: readonly ImportPerson[], inFile: (externalId: string) => boolean): Promise<Relations> {
    const wants = rows.some(({ groups }) => groups.length > 0) ? withGroups : nothingMore;
    const byUserName = await this.#find(
      'username',
      rows.flatMap(({ userName }) => (userName === undefined ? [] : [foldCase(userName)])),
      wants,
    );
    const found = new Map(byUserName.map((standing) => [nameOf(standing), standing]));
    const others = rows.flatMap(({ userName, externalId }) =>
      externalId === undefined || isSame(found, userName, externalId) ? [] : [externalId],
    );
    const byExternalId = byExternalIdOf(await this.#find('externalid', others, wants));
    await this.findManagers(rows.flatMap(({ manager }) => manager ?? []));
    await this.#findGroups(rows.flatMap(({ groups }) => groups));
    return {
      of: ({ userName, externalId, manager, groups }) => ({
        byUserName: userName === undefined ? undefined : found.get(foldCase(userName)),
        byExternalId:
          externalId === undefined
            ? undefined
            : isSame(found, userName, externalId)
              ? found.get(foldCase(userName ?? ''))
              : onlyOne(externalId, byExternalId.get(externalId)),
        manager: this.#managerOf(manager, inFile),
        newGroups: groups.filter((name) => this.#knownGroup(name) === undefined),
      }),
    };
  }

  /** Looks up at once those whom `managerId` will be asked for; those who are not here yet are looked up again. */
  async findManagers(externalIds: readonly string[]): Promise<void> {
    if (this.#managers.size > mostRemembered) this.#managers.clear();
    const unknown = externalIds.filter((externalId) => !this.#managers.has(externalId));
    for (const [externalId, people] of byExternalIdOf(await this.#find('externalid', unknown, nothingMore)))
      this.#managers.set(externalId, people.length > 1 ? null : (people[0]?.id ?? null));
  }

  /** The id of the person with an externalId. @throws AmbiguousError where two people have it */
  async managerId(externalId: string): Promise<string | undefined> {
    await this.findManagers([externalId]);
    return this.#knownManager(externalId);
  }

  /** The id of the group with a name, in any letter case. @throws AmbiguousError where two groups have it */
  async groupId(name: string): Promise<string | undefined> {
    await this.#findGroups([name]);
    return this.#knownGroup(name);
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

  #managerOf(manager: string | undefined, inFile: (externalId: string) => boolean): RowRelations['manager'] {
    if (manager === undefined) return undefined;
    const id = this.#knownManager(manager);
    if (id !== undefined) return { id };
    return inFile(manager) ? 'later' : 'unknown';
  }

  #knownManager(externalId: string): string | undefined {
    const id = this.#managers.get(externalId);
    if (id === null) throw new AmbiguousError(`manager: two people here have the externalId "${externalId}".`);
    return id;
  }

  #knownGroup(name: string): string | undefined {
    const id = this.#groups.get(foldCase(name));
    if (id === null)
      throw new AmbiguousError(`groups: two groups here are called "${name.slice(0, 100)}". Rename one of them first.`);
    return id;
  }

  async #findGroups(names: readonly string[]): Promise<void> {
    const { handler, groupType } = this.#parts;
    if (this.#groups.size > mostRemembered) this.#groups.clear();
    const unknown = [...new Set(names.map(foldCase))].filter((name) => !this.#groups.has(name));
    if (unknown.length === 0) return;
    const context = this.context('find');
    const found = new Set<string>();
    for (const { resource } of await handler.findByValues(context, groupType, 'displayname', unknown, nothingMore)) {
      const { id, displayName } = resource;
      if (typeof id !== 'string' || typeof displayName !== 'string') continue;
      const name = foldCase(displayName);
      this.#groups.set(name, found.has(name) ? null : id);
      found.add(name);
    }
  }

  async #find(key: 'username' | 'externalid', values: readonly string[], wants: Include): Promise<readonly Standing[]> {
    const { handler, userType } = this.#parts;
    if (values.length === 0) return [];
    return (await handler.findByValues(this.context('find'), userType, key, values, wants)).map(standingOf);
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

function standingOf({ resource }: Representation): Standing {
  const { id, groups } = resource as Resource & { id?: unknown };
  const names = (Array.isArray(groups) ? groups : []).flatMap((group) =>
    isJsonObject(group) && typeof group['display'] === 'string' && group['type'] !== 'indirect'
      ? [foldCase(group['display'])]
      : [],
  );
  return { id: typeof id === 'string' ? id : '', resource, groups: new Set(names) };
}

function nameOf({ resource }: Standing): string {
  const { userName } = resource;
  return typeof userName === 'string' ? foldCase(userName) : '';
}

function byExternalIdOf(people: readonly Standing[]): ReadonlyMap<string, readonly Standing[]> {
  const found = new Map<string, Standing[]>();
  for (const person of people) {
    const externalId = person.resource['externalId'];
    if (typeof externalId !== 'string') continue;
    const same = found.get(externalId);
    if (same === undefined) found.set(externalId, [person]);
    else same.push(person);
  }
  return found;
}

/** Whether the person of a user name is the one of an externalId too. */
function isSame(byName: ReadonlyMap<string, Standing>, userName: string | undefined, externalId: string): boolean {
  return userName !== undefined && byName.get(foldCase(userName))?.resource['externalId'] === externalId;
}

/** @throws AmbiguousError */
function onlyOne(externalId: string, found: readonly Standing[] = []): Standing | undefined {
  const [one, second] = found;
  if (second !== undefined) throw new AmbiguousError(`externalId: two people here have "${externalId}".`);
  return one;
}
