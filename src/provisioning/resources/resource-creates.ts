import type { Clock } from '../../base/clock.ts';
import { type IdempotencyKey, wantsTheSame } from '../../scim/port/idempotency-key.ts';
import type { MembersOperation } from '../../scim/patch/members-operation.ts';
import type { SkippedMembers } from '../../scim/model/request-notes.ts';
import type { RequestContext } from '../../scim/port/resource-handler.ts';
import type { CreateDraft } from '../../scim/port/batch-handler.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { ChangePlanner } from './change-planner.ts';
import { type Plan, type Target } from './change-planner.ts';
import { preparePassword, type PreparedPassword } from './client-password.ts';
import { membersOf } from '../members/group-members.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { RecordWriter } from '../records/record-writer.ts';
import { type ResourceStore, StoreUnavailableError, type StoredRecord } from '../records/resource-store.ts';
import type { RecordCreate } from '../records/record-change.ts';
import { attemptKey } from '../records/commit-maker.ts';
import type { ResourceServiceParts } from './resource-service-parts.ts';
import { SecretAttributes } from '../passwords/secret-attributes.ts';
import { type Tape, tapeFor, optionsOf, dryRunOn } from './write-tape.ts';
import type { Written } from './resource-reads.ts';

/** Creates: planned, written, and made once where they are repeated. */
export class ResourceCreates {
  readonly #store: ResourceStore;
  readonly #writer: RecordWriter;
  readonly #clock: Clock;
  readonly #hasher: PasswordHasher;
  readonly #planner: ChangePlanner;
  readonly #secrets: SecretAttributes;

  constructor({ store, writer, clock, hasher, secrets }: ResourceServiceParts, planner: ChangePlanner) {
    this.#store = store;
    this.#secrets = new SecretAttributes(secrets);
    this.#writer = writer;
    this.#clock = clock;
    this.#hasher = hasher;
    this.#planner = planner;
  }

  /** Makes a resource; what is repeated under the key of an attempt is made once. */
  async create(
    context: RequestContext,
    type: ResourceType,
    resource: Resource,
    attempt?: IdempotencyKey,
  ): Promise<Written> {
    return this.#create(context, type, resource, attempt).catch(async (cause: unknown) => {
      // The database lets one attempt have its key. Whatever a repetition is refused for, what the first one made
      // counts.
      const isRefused = attempt !== undefined && cause instanceof ScimError;
      const earlier = isRefused ? await this.#earlier(context, type, attempt) : undefined;
      if (earlier === undefined) throw cause;
      return earlier;
    });
  }

  /**
   * Makes several resources.
   * @returns what came of each: a refusal where it was refused
   */
  async createEach(
    context: RequestContext,
    type: ResourceType,
    drafts: readonly CreateDraft[],
  ): Promise<readonly (Written | ScimError)[]> {
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
        if (!(record instanceof ScimError)) return createdOf(one as ToCreate, record);
        // As in `create`: whatever a repetition is refused for, what the first one made counts.
        const earlier =
          attempt === undefined ? undefined : await this.#earlier(context, type, attempt).catch(refusalOf);
        return earlier ?? record;
      }),
    );
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
      change: {
        ...change,
        resource: this.#secrets.seal(ref, change.resource),
        ...(attempt === undefined ? {} : { attempt }),
      },
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

  async #withPassword(
    compute: (prepared?: PreparedPassword) => Promise<Plan>,
  ): Promise<Extract<Plan, { kind: 'ready' }>> {
    const first = await compute();
    if (first.kind === 'ready') return first;
    const second = await compute(await preparePassword(first.wish, this.#hasher));
    if (second.kind !== 'ready') throw new StoreUnavailableError('The password could not be prepared.');
    return second;
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

async function bodyMembers(type: ResourceType, resource: Resource): Promise<readonly MembersOperation[]> {
  const members = type.name === 'Group' ? await membersOf(resource) : [];
  return members.length === 0 ? [] : [{ kind: 'add', members }];
}
