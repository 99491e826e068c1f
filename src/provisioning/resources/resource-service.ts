import { conditionNow } from '../first-key/condition-now.ts';
import { createHoldsNow } from '../first-key/public-terms.ts';
import { userNow } from '../first-key/user-now.ts';
import type { Rules } from '../user/user-draft.ts';
import type { Clock } from '../../base/clock.ts';
import { equalJson, isJsonObject, type JsonObject } from '../../base/json.ts';
import { patchSteps } from '../../scim/patch/apply-patch.ts';
import { type IdempotencyKey, wantsTheSame } from '../../scim/port/idempotency-key.ts';
import { inTurns } from '../../base/cooperative.ts';
import type { MembersOperation } from '../../scim/patch/members-operation.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import type { DryRunReport } from '../../scim/port/dry-run.ts';
import type { OperationReport, SkippedMembers } from '../../scim/model/request-notes.ts';
import type {
  ListPage,
  ListQuery,
  PatchResult,
  Precondition,
  Representation,
  RequestContext,
  Include,
} from '../../scim/port/resource-handler.ts';
import type { BatchHandler, CreateDraft } from '../../scim/port/batch-handler.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { NotFoundError, ScimError } from '../../scim/model/scim-error.ts';
import type { Settings } from '../../config/settings.ts';
import { carryOver } from './carry-over.ts';
import { ChangePlanner, type Plan, type Target } from './change-planner.ts';
import { type PasswordChange, preparePassword, type PreparedPassword } from './client-password.ts';
import { removalEvent } from '../user/event-policy.ts';
import type { EventDraft, Origin } from '../records/origin.ts';
import type { DryRunChange } from './explain-change.ts';
import { membersOf } from './group-members.ts';
import { IdempotentReplies } from './idempotent-replies.ts';
import { latchkeyUrn, readOnboarding } from '../user/latchkey-extension.ts';
import { omit } from '../../base/omit.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { RecordWriter } from '../records/record-writer.ts';
import type { DryRuns } from './dry-runs.ts';
import type { DeletedUsers } from '../records/deleted-users.ts';
import { represent } from './representation.ts';
import {
  type Commit,
  type MembershipChange,
  type ResourceStore,
  StoreUnavailableError,
  type StoredRecord,
} from '../records/resource-store.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { patchable } from './patchable.ts';
import type {
  AtomicWork,
  Decision,
  RecordChange,
  RecordCreate,
  RecordRef,
  WriteOptions,
} from '../records/record-change.ts';
import { attemptKey } from '../records/commit-maker.ts';

/** What the service works with. */
export interface ResourceServiceParts extends Omit<ServiceParts, 'changeUser'> {
  readonly writer: RecordWriter;
  readonly rehearsal: DryRuns;
  /** Where deleted users stay for a while. */
  readonly deleted: Pick<DeletedUsers, 'keep'>;
}

/** What a caller wants a record to become. */
interface Change {
  readonly wanted: Target;
  readonly operations: readonly OperationReport[];
}

/** What a write answers. */
interface Written {
  readonly record: StoredRecord;
  readonly changed: boolean;
  readonly members: MembershipChange | undefined;
  readonly operations: readonly OperationReport[];
  readonly skipped?: SkippedMembers | undefined;
  /** Of a dry run: what would have been written. */
  readonly rehearsed?: DryRunChange;
}

/** The product's side of SCIM: every change to a resource of any type, with all it entails, as one atomic write. */
export class ResourceService implements BatchHandler {
  readonly #store: ResourceStore;
  readonly #writer: RecordWriter;
  readonly #clock: Clock;
  readonly #settingsOf: (tenant: string) => Settings;
  readonly #hasher: PasswordHasher;
  readonly #rehearsal: DryRuns;
  readonly #planner: ChangePlanner;
  readonly #parts: ResourceServiceParts;

  constructor(parts: ResourceServiceParts) {
    const { store, writer, clock, settingsOf, hasher, rehearsal } = parts;
    this.#parts = parts;
    this.#store = store;
    this.#writer = writer;
    this.#clock = clock;
    this.#settingsOf = settingsOf;
    this.#hasher = hasher;
    this.#rehearsal = rehearsal;
    this.#planner = new ChangePlanner(parts);
  }

  async create(
    context: RequestContext,
    type: ResourceType,
    resource: Resource,
    wants: Include,
    attempt?: IdempotencyKey,
  ): Promise<Representation> {
    const written = await this.#create(context, type, resource, attempt).catch(async (cause: unknown) => {
      // The database lets one attempt have its key. Whatever a repetition is refused for, what the first one made
      // counts.
      const isRefused = attempt !== undefined && cause instanceof ScimError;
      const earlier = isRefused ? await this.#earlier(context, type, attempt) : undefined;
      if (earlier === undefined) throw cause;
      return earlier;
    });
    // What was not there a moment ago is in no group.
    return this.#show(context, type, written, written.changed ? { ...wants, groups: false } : wants);
  }

  async createEach(
    context: RequestContext,
    type: ResourceType,
    drafts: readonly CreateDraft[],
  ): Promise<readonly (Representation | ScimError)[]> {
    const prepared = await Promise.all(
      drafts.map(async ({ resource, requestId, attempt }) =>
        this.#toCreate({ ...context, requestId }, type, resource, attempt).catch(refusalOf),
      ),
    );
    const ready = prepared.flatMap((one) => (one instanceof ScimError ? [] : [one]));
    const made = await this.#writer.createEach(ready);
    let place = 0;
    return Promise.all(
      prepared.map(async (one, index) => {
        const record = one instanceof ScimError ? one : made[place++]!;
        const attempt = drafts[index]?.attempt;
        if (!(record instanceof ScimError))
          return this.#show(context, type, createdOf(one as ToCreate, record), { members: false, groups: false });
        // As in `create`: whatever a repetition is refused for, what the first one made counts.
        const earlier =
          attempt === undefined ? undefined : await this.#earlier(context, type, attempt).catch(refusalOf);
        if (earlier === undefined || earlier instanceof ScimError) return earlier ?? record;
        return this.#show(context, type, earlier, { members: false, groups: false });
      }),
    );
  }

  async findByValues(
    { tenant }: RequestContext,
    type: ResourceType,
    attribute: 'username' | 'externalid' | 'displayname',
    values: readonly string[],
    wants: Include,
  ): Promise<readonly Representation[]> {
    if (values.length === 0) return [];
    const records = await this.#store.findByValues(tenant, type.name, attribute, values);
    return represent(
      this.#store,
      type,
      records.map((record) => this.#now(type, record)),
      wants,
    );
  }

  async read(context: RequestContext, type: ResourceType, id: string, wants: Include): Promise<Representation> {
    const record = await this.#store.get(context.tenant, type.name, id);
    if (record === undefined) throw notFound(type, id);
    return (await represent(this.#store, type, [this.#now(type, record)], wants))[0]!;
  }

  async list(
    context: RequestContext,
    type: ResourceType,
    { condition, sort, wants, count, page }: ListQuery,
  ): Promise<ListPage> {
    const {
      total: totalResults,
      records,
      ...edges
    } = await this.#store.query({
      tenant: context.tenant,
      type: type.name,
      condition:
        condition && type.name === 'User' ? conditionNow(condition, type, this.#moment(context.tenant)) : condition,
      sort,
      limit: count,
      page: 'startIndex' in page ? { offset: Math.max(0, page.startIndex - 1) } : page,
    });
    return {
      totalResults,
      resources: await represent(
        this.#store,
        type,
        records.map((record) => this.#now(type, record)),
        wants,
      ),
      ...edges,
    };
  }

  async replace(
    context: RequestContext,
    type: ResourceType,
    id: string,
    resource: Resource,
    precondition: Precondition,
    wants: Include,
  ): Promise<Representation> {
    const members = await membersOf(resource);
    const written = await this.#change(context, { tenant: context.tenant, type, id }, precondition, (before) => ({
      wanted: {
        manner: 'replace',
        resource: carryOver(type, before.resource, resource),
        members: [{ kind: 'replace', members }],
      },
      operations: [],
    }));
    return this.#show(context, type, written, wants);
  }

  async patch(
    context: RequestContext,
    type: ResourceType,
    id: string,
    operations: readonly PatchOperation[],
    precondition: Precondition,
    wants: Include,
  ): Promise<PatchResult> {
    const {
      scim: { unknownAttributes },
      timezone,
    } = this.#settingsOf(context.tenant);
    let membersOnly = false;
    const written = await this.#change(context, { tenant: context.tenant, type, id }, precondition, async (before) => {
      const patched = await inTurns(
        patchSteps(type, patchable(before), operations, { profile: context.profile, unknownAttributes, timezone }),
      );
      const sends =
        typeof patched.resource['password'] === 'string'
        && (await this.#namesSendPassword(context, type, before, operations));
      membersOnly = !patched.changed && patched.members.length > 0;
      return {
        wanted: { manner: 'patch', resource: patched.resource, members: patched.members, sends },
        operations: patched.operations,
      };
    });
    return {
      representation: await this.#show(context, type, written, wants),
      changed: written.changed,
      operations: written.operations,
      membersOnly,
    };
  }

  async remove(
    context: RequestContext,
    type: ResourceType,
    id: string,
    precondition: Precondition,
  ): Promise<DryRunReport | undefined> {
    const tape = tapeFor(context);
    await this.#writer.update(
      { tenant: context.tenant, type, id },
      async (before): Promise<Decision<void>> => {
        if (before === undefined) throw notFound(type, id);
        if (type.name === 'User' && tape === undefined) await this.#keepDeleted(context, before);
        const cancelled: EventDraft[] = type.name === 'User' ? [{ type: 'deliveries.cancelled', data: {} }] : [];
        return { kind: 'remove', events: [removalEvent(type.name, before.resource), ...cancelled], answer: undefined };
      },
      { ...optionsOf(context, tape), precondition },
    );
    return tape === undefined ? undefined : this.#rehearsal.report(dryRunOn(tape, {}), context.tenant);
  }

  async #keepDeleted({ tenant, client }: RequestContext, before: StoredRecord): Promise<void> {
    const groups = (await this.#store.groupsOf(tenant, [before.id])).get(before.id) ?? [];
    const own = groups.filter((group) => group.type === 'direct').map(({ value }) => value);
    await this.#parts.deleted.keep(before, own, client.name);
  }

  async atomically<Answer>(work: (handler: BatchHandler) => Promise<AtomicWork<Answer>>): Promise<Answer> {
    if (!this.#store.transactions)
      throw new ScimError(
        501,
        undefined,
        'All or nothing needs a database with transactions; a standalone MongoDB has none, a replica set does.',
      );
    return this.#writer.atomically((store, writer) => work(new ResourceService({ ...this.#parts, store, writer })));
  }

  async together(work: (handler: BatchHandler) => Promise<void>): Promise<boolean> {
    return this.#writer.together((store, writer) => work(new ResourceService({ ...this.#parts, store, writer })));
  }

  async recall({ tenant }: RequestContext, attempt: IdempotencyKey): Promise<JsonObject | undefined> {
    return new IdempotentReplies(this.#store, this.#clock).earlier(tenant, attempt);
  }

  async remember({ tenant }: RequestContext, attempt: IdempotencyKey, answer: JsonObject): Promise<void> {
    await new IdempotentReplies(this.#store, this.#clock).keep(tenant, attempt, answer);
  }

  /** Whether a PATCH itself says `sendPassword: true`: it does where it would say so of a user without that flag. */
  async #namesSendPassword(
    { tenant, profile }: RequestContext,
    type: ResourceType,
    before: StoredRecord,
    operations: readonly PatchOperation[],
  ): Promise<boolean> {
    const { unknownAttributes } = this.#settingsOf(tenant).scim;
    const extension = before.resource[latchkeyUrn];
    const unsaid = {
      ...patchable(before),
      [latchkeyUrn]: isJsonObject(extension) ? omit(extension, 'sendPassword') : {},
    };
    const { resource } = await inTurns(patchSteps(type, unsaid, operations, { profile, unknownAttributes }));
    return readOnboarding(resource).sendPassword === true;
  }

  async #create(
    context: RequestContext,
    type: ResourceType,
    resource: Resource,
    attempt?: IdempotencyKey,
  ): Promise<Written> {
    const create = await this.#toCreate(context, type, resource, attempt);
    return createdOf(create, await this.#writer.create(create.ref, create.change, create.options));
  }

  async #toCreate(
    context: RequestContext,
    type: ResourceType,
    resource: Resource,
    attempt?: IdempotencyKey,
  ): Promise<ToCreate> {
    const ref = { tenant: context.tenant, type, id: this.#clock.newId() };
    const wanted: Target = { manner: 'create', resource, members: await bodyMembers(type, resource) };
    const { change, skipped } = await this.#withPassword((prepared) =>
      this.#planner.plan(context, ref, undefined, wanted, prepared),
    );
    const tape = tapeFor(context);
    return {
      ref,
      change: { ...change, ...(attempt === undefined ? {} : { attempt }) },
      options: optionsOf(context, tape),
      sent: resource,
      tape,
      skipped,
    };
  }

  /** What an attempt has made before. @throws ScimError 422 when that was to be another resource */
  async #earlier(
    { tenant }: RequestContext,
    type: ResourceType,
    attempt: IdempotencyKey,
  ): Promise<Written | undefined> {
    const record = await this.#store.findByKey(tenant, type.name, attemptKey(attempt));
    if (record === undefined) return undefined;
    if (!wantsTheSame(attempt, record.attempt?.digest)) {
      throw new ScimError(
        422,
        undefined,
        `This Idempotency-Key was used for another ${type.name}, whose id is ${record.id}: a `
          + 'new create needs a new key.',
      );
    }
    return { record, changed: false, members: undefined, operations: [] };
  }

  /**
   * Changes a record; where a password must be hashed first the line is left, and joined again with the hash in hand.
   */
  async #change(
    context: RequestContext,
    ref: RecordRef,
    precondition: Precondition,
    wish: (before: StoredRecord) => Change | Promise<Change>,
  ): Promise<Written> {
    let sent: Resource = {};
    const decide = async (
      before: StoredRecord | undefined,
      prepared: PreparedPassword | undefined,
    ): Promise<Decision<Written | PasswordChange>> => {
      if (before === undefined) throw notFound(ref.type, ref.id);
      const { wanted, operations } = await wish(before);
      sent = wanted.resource;
      const outcome = await this.#planner.plan(context, ref, before, wanted, prepared);
      if (outcome.kind === 'hashFirst') return { kind: 'keep', answer: outcome.wish };
      const { change, applied, skipped } = outcome;
      const reports = operations.map((report, index): OperationReport =>
        applied.has(index) ? { ...report, outcome: 'applied' } : report,
      );
      if (isUnchanged(before, change))
        return {
          kind: 'keep',
          answer: { record: before, changed: false, members: undefined, operations: reports, skipped },
        };
      return {
        kind: 'put',
        change,
        answer: (record) => ({ record, changed: true, members: change.members, operations: reports, skipped }),
      };
    };
    let prepared: PreparedPassword | undefined;
    const tape = tapeFor(context);
    for (let round = 0; round < 5; round += 1) {
      const answer = await this.#writer.update(ref, (before) => decide(before, prepared), {
        ...optionsOf(context, tape),
        precondition,
      });
      if ('record' in answer) return tape === undefined ? answer : { ...answer, rehearsed: dryRunOn(tape, sent) };
      prepared = await preparePassword(answer, this.#hasher);
    }
    throw new StoreUnavailableError('The password is being changed by others at the same time.');
  }

  async #withPassword(
    compute: (prepared?: PreparedPassword) => Promise<Plan>,
  ): Promise<Extract<Plan, { kind: 'ready' }>> {
    const first = await compute();
    if (first.kind === 'ready') return first;
    const second = await compute(await preparePassword(first.wish, this.#hasher));
    if (second.kind !== 'ready') throw new StoreUnavailableError('The password could not be prepared.');
    return second;
  }

  /** A record as it is at this moment; with its public text where that holds now. */
  #now(type: ResourceType, record: StoredRecord): StoredRecord {
    const { publicText } = record;
    if (publicText !== undefined && holdsNow(type, publicText, this.#moment(record.tenant))) return record;
    const now = type.name === 'User' ? userNow(record, this.#moment(record.tenant)) : record;
    return publicText === undefined ? now : omit(now, 'publicText');
  }

  #moment(tenant: string): Pick<Rules, 'settings' | 'now'> {
    return { settings: this.#settingsOf(tenant), now: this.#clock.now() };
  }

  async #show(
    context: RequestContext,
    type: ResourceType,
    { record, members, rehearsed, skipped }: Written,
    wants: Include,
  ): Promise<Representation> {
    const [found] = await represent(
      this.#store,
      type,
      [this.#now(type, record)],
      wants,
      context.dryRun ? members : undefined,
    );
    const shown = skipped === undefined ? found! : { ...found!, skippedMembers: skipped };
    return rehearsed === undefined ? shown : { ...shown, dryRun: this.#rehearsal.report(rehearsed, context.tenant) };
  }
}

/** A create that is ready to be written. */
interface ToCreate extends RecordCreate {
  readonly sent: Resource;
  readonly tape: Tape | undefined;
  readonly skipped: SkippedMembers | undefined;
}

function createdOf({ change, sent, tape, skipped }: ToCreate, record: StoredRecord): Written {
  return {
    record,
    changed: true,
    members: change.members,
    operations: [],
    skipped,
    ...(tape === undefined ? {} : { rehearsed: dryRunOn(tape, sent) }),
  };
}

/** @throws what is not a refusal */
function refusalOf(cause: unknown): ScimError {
  if (cause instanceof ScimError) return cause;
  throw cause;
}

const holdsNow = createHoldsNow();

/** What a dry run would have written is noted on it. */
type Tape = { commit?: Commit; before?: StoredRecord | undefined };

function tapeFor({ dryRun }: RequestContext): Tape | undefined {
  return dryRun ? {} : undefined;
}

function optionsOf(
  { triggeredBy, client, requestId, actor, address, agent, locale, isOver, tellsWebhooks, rules }: RequestContext,
  tape: Tape | undefined,
): WriteOptions {
  const origin: Origin = {
    triggeredBy,
    client: client.name,
    requestId,
    actor: actor ?? { kind: triggeredBy === 'import' ? 'import' : 'client', id: client.id, name: client.name },
    ...(address === undefined ? {} : { address }),
    ...(agent === undefined ? {} : { agent }),
    ...(locale === undefined ? {} : { locale }),
    ...(tellsWebhooks === true ? { tellsWebhooks } : {}),
    ...(rules === undefined ? {} : { rules }),
  };
  return tape === undefined
    ? { origin, isOver }
    : { origin, rehearse: (commit, before) => Object.assign(tape, { commit, before }) };
}

function dryRunOn({ commit, before }: Tape, sent: Resource): DryRunChange {
  return { commit, before, password: typeof sent['password'] === 'string' };
}

async function bodyMembers(type: ResourceType, resource: Resource): Promise<readonly MembersOperation[]> {
  const members = type.name === 'Group' ? await membersOf(resource) : [];
  return members.length === 0 ? [] : [{ kind: 'add', members }];
}

function isUnchanged(before: StoredRecord, { resource, account, members, events }: RecordChange): boolean {
  return (
    members === undefined
    && events.length === 0
    && equalJson(before.resource, resource)
    && JSON.stringify(before.account) === JSON.stringify(account)
  );
}

function notFound(type: ResourceType, id: string): NotFoundError {
  return new NotFoundError(`There is no ${type.name} with id "${id.slice(0, 100)}".`);
}
