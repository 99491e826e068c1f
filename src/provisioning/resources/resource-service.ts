import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import { patchSteps } from '../../scim/patch/apply-patch.ts';
import type { IdempotencyKey } from '../../scim/port/idempotency-key.ts';
import type { Soon } from '../../base/soon.ts';
import { inTurns } from '../../base/cooperative.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import type { DryRunReport } from '../../scim/port/dry-run.ts';
import type {
  ListPage,
  ListQuery,
  PatchResult,
  Precondition,
  Representation,
  RequestContext,
  StagedWork,
  Include,
} from '../../scim/port/resource-handler.ts';
import type { BatchHandler, CreateDraft } from '../../scim/port/batch-handler.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { Settings } from '../../config/settings.ts';
import { carryOver } from './carry-over.ts';
import { ChangePlanner } from './change-planner.ts';
import { removalEvent } from '../user/event-policy.ts';
import type { EventDraft } from '../records/origin.ts';
import { membersOf } from '../members/group-members.ts';
import { JoinedChanges } from './joined-changes.ts';
import { IdempotentReplies } from './idempotent-replies.ts';
import type { RecordWriter } from '../records/record-writer.ts';
import type { ResourceStore, StoredRecord } from '../records/resource-store.ts';
import { StagedWrites } from '../records/staged-writes.ts';
import { patchable, saidInPatch } from './patchable.ts';
import { speakerOf } from './switched.ts';
import type { AtomicWork, Decision } from '../records/record-change.ts';
import type { ResourceServiceParts } from './resource-service-parts.ts';
import { tapeFor, optionsOf, dryRunOn } from './write-tape.ts';
import { notFound, ResourceReads } from './resource-reads.ts';
import { ResourceCreates } from './resource-creates.ts';
import { ResourceChanges } from './resource-changes.ts';

/** The product's side of SCIM: every change to a resource of any type, with all it entails, as one atomic write. */
export class ResourceService implements BatchHandler {
  readonly #store: ResourceStore;
  readonly #writer: RecordWriter;
  readonly #clock: Clock;
  readonly #settingsOf: (tenant: string) => Settings;
  readonly #reads: ResourceReads;
  readonly #creates: ResourceCreates;
  readonly #changes: ResourceChanges;
  readonly #parts: ResourceServiceParts;
  /** Changes of a group: many calls may change its members at once. */
  readonly #joined = new JoinedChanges<ResourceService>(this, (work) => this.#together(work));

  constructor(parts: ResourceServiceParts) {
    const { store, writer, clock, settingsOf } = parts;
    this.#parts = parts;
    this.#store = store;
    this.#writer = writer;
    this.#clock = clock;
    this.#settingsOf = settingsOf;
    const planner = new ChangePlanner(parts);
    this.#reads = new ResourceReads(parts);
    this.#creates = new ResourceCreates(parts, planner);
    this.#changes = new ResourceChanges(parts, planner);
  }

  async create(
    context: RequestContext,
    type: ResourceType,
    resource: Resource,
    wants: Include,
    attempt?: IdempotencyKey,
  ): Promise<Representation> {
    const written = await this.#creates.create(context, type, resource, attempt);
    // A new resource cannot be in a group yet.
    return this.#reads.show(context, type, written, written.changed ? { ...wants, groups: false } : wants);
  }

  async createEach(
    context: RequestContext,
    type: ResourceType,
    drafts: readonly CreateDraft[],
  ): Promise<readonly (Representation | ScimError)[]> {
    const made = await this.#creates.createEach(context, type, drafts);
    const wants = { members: false, groups: false };
    return Promise.all(
      made.map(async (one) => (one instanceof ScimError ? one : this.#reads.show(context, type, one, wants))),
    );
  }

  findByValues(
    ...[context, type, attribute, values, wants]: Parameters<ResourceReads['findByValues']>
  ): Promise<readonly Representation[]> {
    return this.#reads.findByValues(context, type, attribute, values, wants);
  }

  read(context: RequestContext, type: ResourceType, id: string, wants: Include): Soon<Representation> {
    return this.#reads.read(context, type, id, wants);
  }

  list(context: RequestContext, type: ResourceType, query: ListQuery): Soon<ListPage> {
    return this.#reads.list(context, type, query);
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
    const written = await this.#changes.change(
      context,
      { tenant: context.tenant, type, id },
      precondition,
      (before) => ({
        wanted: {
          manner: 'replace',
          resource: carryOver(type, before.resource, resource),
          members: [{ kind: 'replace', members }],
        },
        operations: [],
      }),
    );
    return this.#reads.show(context, type, written, wants);
  }

  async patch(...[context, type, id, ...how]: Parameters<BatchHandler['patch']>): Promise<PatchResult> {
    const isGroup = type.resolve({ attribute: 'members' })?.relation === 'members';
    if (!isGroup || context.dryRun || this.#store.joinsWrites !== true) return this.#patch(context, type, id, ...how);
    return this.#joined.run(JSON.stringify([context.tenant, type.name, id]), (service) =>
      service.#patch(context, type, id, ...how),
    );
  }

  async #patch(
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
    const written = await this.#changes.change(
      context,
      { tenant: context.tenant, type, id },
      precondition,
      async (before) => {
        const how = { profile: context.profile, unknownAttributes, timezone };
        const patched = await inTurns(patchSteps(type, patchable(before), operations, how));
        const says = { patched: patched.resource, client: speakerOf(context).client };
        const said = await saidInPatch(type, before, operations, how, says);
        membersOnly = !patched.changed && patched.members.length > 0;
        return {
          wanted: { manner: 'patch', resource: patched.resource, members: patched.members, ...said },
          operations: patched.operations,
        };
      },
    );
    return {
      representation: await this.#reads.show(context, type, written, wants),
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
    return tape === undefined ? undefined : this.#parts.rehearsal.report(dryRunOn(tape, {}), context.tenant);
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

  stage(work: (handler: BatchHandler) => Promise<void>, onto?: StagedWork): Promise<StagedWork | undefined> {
    return this.#writer.stage(
      (store, writer) => work(new ResourceService({ ...this.#parts, store, writer })),
      onto instanceof StagedWrites ? onto : undefined,
    );
  }

  #together(work: (service: ResourceService) => Promise<void>): Promise<boolean> {
    return this.#writer.together((store, writer) => work(new ResourceService({ ...this.#parts, store, writer })));
  }

  async recall({ tenant }: RequestContext, attempt: IdempotencyKey): Promise<JsonObject | undefined> {
    return new IdempotentReplies(this.#store, this.#clock).earlier(tenant, attempt);
  }

  async remember({ tenant }: RequestContext, attempt: IdempotencyKey, answer: JsonObject): Promise<void> {
    await new IdempotentReplies(this.#store, this.#clock).keep(tenant, attempt, answer);
  }
}
