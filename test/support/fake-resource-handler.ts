import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts';
import { applyPatch } from '../../src/scim/patch/apply-patch.ts';
import type { IdempotencyKey } from '../../src/scim/port/idempotency-key.ts';
import { compareDocuments, matchCondition } from '../../src/scim/search/filter-match.ts';
import type { MembersOperation, MemberValue } from '../../src/scim/patch/members-operation.ts';
import type { PatchOperation } from '../../src/scim/patch/patch-op.ts';
import type {
  ListPage,
  ListQuery,
  PatchResult,
  Precondition,
  Representation,
  RequestContext,
  ResourceHandler,
  Include,
  StagedWork,
} from '../../src/scim/port/resource-handler.ts';
import { withoutAttribute } from '../../src/scim/model/without-attribute.ts';
import type { ResourceType } from '../../src/scim/model/resource-type.ts';
import type { Resource } from '../../src/scim/model/resource.ts';
import {
  NoTargetError,
  NotFoundError,
  PreconditionFailedError,
  UniquenessError,
  type ScimError,
} from '../../src/scim/model/scim-error.ts';
import { buildSearchDocument, type SearchDocument } from '../../src/scim/search/search-document.ts';
import { indexWalk } from './index-walk.ts';

interface FakeRecord {
  readonly type: string;
  readonly resource: Resource;
  readonly version: number;
  readonly members: ReadonlyMap<string, MemberValue>;
}

const at = '2031-05-06T07:08:09.000Z';

/**
 * A resource handler in memory: real PATCH, filters and order, nothing else. Ids are `u1`, `g2` … in the order of
 * creation.
 */
export class FakeResourceHandler implements ResourceHandler {
  /**
   * What the members of a group cost so far: how many chunks were read, and how many readings were begun and not
   * ended.
   */
  readonly membersRead = { chunks: 0, open: 0 };
  readonly contexts: RequestContext[] = [];
  /** What each create was told of its being repeatable. */
  readonly attempts: (IdempotencyKey | undefined)[] = [];
  /** Thrown by the next create, once. */
  failNextCreate: Error | undefined;
  readonly #records = new Map<string, FakeRecord>();
  readonly #answers = new Map<string, JsonObject>();
  #count = 0;

  async create(
    context: RequestContext,
    type: ResourceType,
    resource: Resource,
    wants: Include,
    attempt?: IdempotencyKey,
  ): Promise<Representation> {
    this.contexts.push(context);
    this.attempts.push(attempt);
    const failure = this.failNextCreate;
    this.failNextCreate = undefined;
    if (failure !== undefined) throw failure;
    for (const [id, record] of this.#records) {
      if (resource['userName'] !== undefined && record.resource['userName'] === resource['userName'])
        throw new UniquenessError('userName is taken', id);
    }
    this.#count += 1;
    const id = `${type.name.charAt(0).toLowerCase()}${this.#count}`;
    const { members, ...rest } = resource;
    const values = (Array.isArray(members) ? members : []).filter(isMember);
    this.#records.set(id, {
      type: type.name,
      resource: { ...rest, id },
      version: 1,
      members: new Map(values.map((one) => [one.value, one])),
    });
    return this.#represent(id, wants);
  }

  async read(_: RequestContext, type: ResourceType, id: string, wants: Include): Promise<Representation> {
    this.#find(type, id);
    return this.#represent(id, wants);
  }

  async list(
    _: RequestContext,
    type: ResourceType,
    { condition, sort, wants, count, page }: ListQuery,
  ): Promise<ListPage> {
    const found = [...this.#records]
      .filter(([, record]) => record.type === type.name)
      .map(([id]) => ({ id, document: this.#document(type, id) }))
      .filter(({ document }) => condition === undefined || matchCondition(condition, document));
    if (sort?.descending) found.reverse();
    if (sort !== undefined) found.sort((a, b) => compareDocuments(sort, a.document, b.document));
    const { items, ...edges } =
      'startIndex' in page
        ? { items: found.slice(page.startIndex - 1, page.startIndex - 1 + count) }
        : indexWalk(found, count, page);
    return {
      totalResults: found.length,
      resources: await Promise.all(items.map(({ id }) => this.#represent(id, wants))),
      ...edges,
    };
  }

  async atomically<Answer>(
    work: (handler: ResourceHandler) => Promise<{ readonly keep: boolean; readonly answer: Answer }>,
  ): Promise<Answer> {
    const before = new Map(this.#records);
    const { keep, answer } = await work(this);
    if (keep) return answer;
    this.#records.clear();
    for (const [id, record] of before) this.#records.set(id, record);
    return answer;
  }

  /** The next pieces of work that somebody else is quicker than, or that the store is away for. */
  readonly mishaps: ('none' | 'quicker' | ScimError)[] = [];
  /** How many pieces of work have been written together. */
  piecesWritten = 0;

  /** Work whose write failed: what is built on it comes to nothing. */
  readonly #failed = new Set<StagedWork>();

  async stage(work: (handler: ResourceHandler) => Promise<void>, onto?: StagedWork): Promise<StagedWork> {
    const before = new Map(this.#records);
    await work(this);
    if (onto !== undefined && this.#failed.has(onto)) this.#goBack(before);
    const staged: StagedWork = {
      write: async () => {
        const mishap = this.mishaps.shift() ?? 'none';
        if (mishap === 'none') {
          this.piecesWritten += 1;
          return true;
        }
        this.#failed.add(staged);
        this.#goBack(before);
        if (mishap === 'quicker') return false;
        throw mishap;
      },
    };
    return staged;
  }

  #goBack(before: ReadonlyMap<string, FakeRecord>): void {
    this.#records.clear();
    for (const [id, record] of before) this.#records.set(id, record);
  }

  async recall(_: RequestContext, { key }: IdempotencyKey): Promise<JsonObject | undefined> {
    return this.#answers.get(key);
  }

  async remember(_: RequestContext, { key }: IdempotencyKey, answer: JsonObject): Promise<void> {
    this.#answers.set(key, answer);
  }

  async replace(
    _: RequestContext,
    type: ResourceType,
    id: string,
    resource: Resource,
    precondition: Precondition,
    wants: Include,
  ): Promise<Representation> {
    const record = this.#find(type, id, precondition);
    this.#records.set(id, { ...record, resource: { ...resource, id }, version: record.version + 1 });
    return this.#represent(id, wants);
  }

  async patch(
    context: RequestContext,
    type: ResourceType,
    id: string,
    operations: readonly PatchOperation[],
    precondition: Precondition,
    wants: Include,
  ): Promise<PatchResult> {
    const record = this.#find(type, id, precondition);
    const patched = applyPatch(type, record.resource, operations, {
      profile: context.profile,
      unknownAttributes: 'drop',
    });
    const members = patched.members.reduce(withMembers, record.members);
    const changed = patched.changed || members !== record.members;
    if (changed) this.#records.set(id, { ...record, resource: patched.resource, members, version: record.version + 1 });
    return {
      representation: await this.#represent(id, wants),
      changed,
      operations: patched.operations,
      membersOnly: !patched.changed && patched.members.length > 0,
    };
  }

  async remove(_: RequestContext, type: ResourceType, id: string, precondition: Precondition): Promise<undefined> {
    this.#find(type, id, precondition);
    this.#records.delete(id);
  }

  #find(type: ResourceType, id: string, { ifMatch }: Precondition = {}): FakeRecord {
    const record = this.#records.get(id);
    if (record?.type !== type.name) throw new NotFoundError(`There is no ${type.name} ${id}.`);
    if (ifMatch !== undefined && ifMatch !== '*' && !ifMatch.includes(record.version))
      throw new PreconditionFailedError(`It is at version ${record.version}.`);
    return record;
  }

  async #represent(id: string, wants: Include): Promise<Representation> {
    const record = this.#records.get(id);
    if (record === undefined) throw new Error(`${id} is gone`);
    const { resource, type, version, members } = record;
    const base = {
      resource: withoutAttribute(resource, 'password'),
      resourceType: type,
      version,
      created: at,
      lastModified: at,
    };
    return type === 'Group' && wants.members ? { ...base, members: this.#chunks([...members.values()]) } : base;
  }

  async *#chunks(members: readonly MemberValue[]): AsyncGenerator<readonly Resource[]> {
    this.membersRead.open += 1;
    try {
      for (let start = 0; start < members.length; start += 400) {
        this.membersRead.chunks += 1;
        yield members
          .slice(start, start + 400)
          .map(({ value, display }) => ({ value, type: 'User', ...(display === undefined ? {} : { display }) }));
      }
    } finally {
      this.membersRead.open -= 1;
    }
  }

  #document(type: ResourceType, id: string): SearchDocument {
    const record = this.#records.get(id);
    return buildSearchDocument(type, {
      id,
      resource: record?.resource ?? {},
      version: record?.version ?? 1,
      created: at,
      lastModified: at,
    });
  }
}

function withMembers(
  members: ReadonlyMap<string, MemberValue>,
  operation: MembersOperation,
): ReadonlyMap<string, MemberValue> {
  const next = new Map(members);
  switch (operation.kind) {
    case 'refuse':
      if ([...members].some(([value, { display = '' }]) => matchCondition(operation.condition, { value, display })))
        throw operation.error;
      throw new NoTargetError('No member matches.');
    case 'clear':
      return new Map();
    case 'replace':
      return new Map(operation.members.map((one) => [one.value, one]));
    case 'remove':
      return operation.values.some((value) => next.delete(value)) ? next : members;
    case 'removeWhere':
      return new Map(
        [...members].filter(([value, { display = '' }]) => !matchCondition(operation.condition, { value, display })),
      );
    case 'add':
      for (const one of operation.members) next.set(one.value, one);
      return next.size === members.size ? members : next;
  }
}

function isMember(value: Json): value is Json & MemberValue {
  return isJsonObject(value) && typeof value['value'] === 'string';
}
