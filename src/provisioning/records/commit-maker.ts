import type { Clock } from '../../base/clock.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { IdempotencyKey } from '../../scim/port/idempotency-key.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { uniqueKeysOf } from '../../scim/model/unique-keys.ts';
import type { Account } from './account.ts';
import { changesOf, type WrittenChange } from './changes-of.ts';
import { completeOrigin, type EventDraft, type Origin } from './origin.ts';
import { lookupKeysOf } from './lookup-keys.ts';
import { searchOf } from './search-of.ts';
import type { Commit, DueAt, StoredRecord } from './resource-store.ts';
import type { RecordRef, RecordChange, Decision, WriteOptions } from './record-change.ts';
import type { PublicPart } from './public-text.ts';

/** The key of a create that may be repeated: who makes it first has it. */
export function attemptKey({ key }: IdempotencyKey): string {
  return `idempotency-key:${key}`;
}

/** What a commit holds beside the resource itself. */
export interface CommitRules {
  /** Says whether anything is to be planned from an event, such as a delivery. */
  readonly asksFor?: ((event: DomainEvent) => boolean) | undefined;
  /** Says of a record to be written when time alone next changes what it shows. */
  readonly dueAt?: ((record: StoredRecord) => DueAt) | undefined;
  /** A resource type as a tenant has it: with attributes of its own. */
  readonly typeOf?: ((tenant: string, type: ResourceType) => ResourceType) | undefined;
  /** Says what of a record to be written is shown as it is, and how long. */
  readonly publicPart?: ((type: ResourceType, record: StoredRecord) => PublicPart | undefined) | undefined;
}

/** Makes commits: everything that is written with a resource, in one piece. */
export class CommitMaker {
  readonly #clock: Clock;
  readonly #dueAt: CommitRules['dueAt'];
  readonly #publicPart: CommitRules['publicPart'];
  readonly #typeOf: NonNullable<CommitRules['typeOf']>;
  readonly #asksFor: CommitRules['asksFor'];

  constructor(clock: Clock, { dueAt, publicPart, asksFor, typeOf = (_tenant, type) => type }: CommitRules) {
    this.#clock = clock;
    this.#asksFor = asksFor;
    this.#dueAt = dueAt;
    this.#publicPart = publicPart;
    this.#typeOf = typeOf;
  }

  /** The commit of a decision that writes. */
  commitFor<Answer>(
    asked: RecordRef,
    before: StoredRecord | undefined,
    decision: Exclude<Decision<Answer>, { kind: 'keep' }>,
    options: WriteOptions,
  ): Commit {
    const ref = this.#own(asked);
    if (decision.kind === 'put') return this.commitOf(ref, before, decision.change, options);
    const version = before?.version ?? 0;
    const now = this.#clock.now().toISOString();
    return {
      kind: 'remove',
      tenant: ref.tenant,
      type: ref.type.name,
      id: ref.id,
      expectedVersion: version,
      isOver: options.isOver,
      ...this.#settling(this.#stamp(ref, version + 1, { before, events: decision.events }, options.origin, now)),
    };
  }

  /** The commit of a new state, with its keys, its search document and its events. */
  commitOf(
    asked: RecordRef,
    before: StoredRecord | undefined,
    change: RecordChange,
    { origin, isOver }: WriteOptions,
  ): Put {
    const ref = this.#own(asked);
    const now = this.#clock.now().toISOString();
    const version = (before?.version ?? 0) + 1;
    const { resource } = change;
    const account = withSource(change.account, before, origin);
    // A resource holds the key of the attempt that made it as long as it lives: whatever becomes of it, a late
    // repetition finds it.
    const attempt = before === undefined ? change.attempt : before.attempt;
    const record: StoredRecord = {
      tenant: ref.tenant,
      type: ref.type.name,
      id: ref.id,
      version,
      created: before?.created ?? change.created ?? now,
      lastModified: now,
      resource,
      ...(account === undefined ? {} : { account }),
      ...(attempt === undefined ? {} : { attempt }),
    };
    const search = searchOf(ref.type, record, change.search);
    const keys = uniqueKeysOf(ref.type, resource);
    const more = change.uniqueKeys ?? [];
    const held = before === undefined ? [] : uniqueKeysOf(ref.type, before.resource);
    const publicPart = this.#publicPart?.(ref.type, record);
    return {
      kind: 'put',
      record,
      expectedVersion: version - 1,
      isOver,
      search,
      uniqueKeys: [...keys, ...more, ...(attempt === undefined ? [] : [attemptKey(attempt)])],
      // The key of the attempt is the record's own as long as it lives.
      ...(before === undefined ? {} : { freshKeys: [...keys.filter((key) => !held.includes(key)), ...more] }),
      lookupKeys: lookupKeysOf(ref.type, record, search),
      ...(change.members === undefined ? {} : { members: change.members }),
      ...(this.#dueAt === undefined ? {} : { dueAt: this.#dueAt(record) }),
      ...(publicPart === undefined ? {} : { publicPart }),
      ...this.#settling(this.#stamp(ref, version, { ...change, ...(account && { account }), before }, origin, now)),
    };
  }

  #own(ref: RecordRef): RecordRef {
    const type = this.#typeOf(ref.tenant, ref.type);
    return type === ref.type ? ref : { ...ref, type };
  }

  #settling(events: DomainEvent[]): Pick<Commit, 'events' | 'settled'> {
    const asksFor = this.#asksFor;
    if (asksFor === undefined) return { events };
    return { events, settled: new Set(events.filter((event) => !asksFor(event)).map(({ id }) => id)) };
  }

  /** The first event of a write tells what it changed; a write that tells nothing else tells that. */
  #stamp(ref: RecordRef, version: number, change: WrittenChange, origin: Origin, at: string): DomainEvent[] {
    const name = nameOf(change.resource ?? change.before?.resource);
    const { rules = [], tellsWebhooks, ...complete } = completeOrigin(origin, { id: ref.id, name: name ?? ref.id });
    const changes = changesOf(ref.type, change);
    const drafts: readonly EventDraft[] =
      change.events.length > 0 ? change.events : [{ type: 'record.updated', data: {} }];
    return drafts.map(({ id = this.#clock.newId(), type, data }, index) => ({
      id,
      tenant: ref.tenant,
      type,
      at,
      resourceType: ref.type.name,
      resourceId: ref.id,
      version,
      ...complete,
      ...(name === undefined ? {} : { name }),
      ...(index > 0 || changes.length === 0 ? {} : { changes }),
      ...(index > 0 || rules.length === 0 ? {} : { rules }),
      data: tellsWebhooks === true ? { ...data, webhooks: true } : data,
    }));
  }
}

/** A commit that writes a resource. */
export type Put = Extract<Commit, { kind: 'put' }>;

/** What people know a resource by. */
function nameOf(resource: Resource = {}): string | undefined {
  const name = resource['userName'] ?? resource['displayName'];
  return typeof name === 'string' ? name : undefined;
}

/** The account with the client that made it: a person keeps it as long as they live. */
function withSource(
  account: Account | undefined,
  before: StoredRecord | undefined,
  origin: Origin,
): Account | undefined {
  if (account === undefined) return undefined;
  const source = before === undefined ? (account.source ?? origin.client) : before.account?.source;
  return source === account.source || source === undefined ? account : { ...account, source };
}
