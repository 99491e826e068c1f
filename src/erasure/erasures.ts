import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../domain/actor.ts';
import type { JsonObject } from '../base/json.ts';
import { hasEnded, type Job, type Jobs } from '../jobs/jobs.ts';
import { NotFoundError } from '../scim/model/scim-error.ts';
import { collectValues, eventsOf } from './collect-values.ts';
import type { ErasedCounts, ErasureParts } from './erasure-parts.ts';

/** The kind of its jobs. */
export const erasureJob = 'personErasure';

/** An erasure, as people see it. */
export interface ErasureView {
  /** The id of the person. */
  readonly id: string;
  readonly state: Job['state'];
  readonly startedAt: string;
  readonly endedAt?: string;
  /** How many of each kind are erased so far. */
  readonly erased: ErasedCounts;
  readonly reason?: string;
}

/** What an erasure would do. */
export interface ErasurePlan {
  readonly id: string;
  /** Whether there is a record, a copy of a deleted one, or only what is told of them. */
  readonly person: 'present' | 'deleted' | 'gone';
  /** Events about them that keep their place and lose their values. */
  readonly events: number;
  /** Messages to them that are kept. */
  readonly messages: number;
  /** By how many values they are looked for everywhere. */
  readonly values: number;
  /** Console accounts that bear one of their addresses, and stay. */
  readonly administrators: readonly string[];
}

/** What Erasures work with, beside the erasing itself. */
export interface ErasuresParts extends Omit<ErasureParts, 'plan' | 'lateMs'> {
  readonly jobs: Jobs;
  readonly wake: () => void;
}

/** Who asks for an erasure. */
export interface ErasureOrder {
  readonly tenant: string;
  readonly actor: Actor;
  readonly requestId: string;
}

const noneYet: ErasedCounts = { events: 0, messages: 0, calls: 0, notes: 0, answers: 0, reports: 0 };
const mostMessages = 1_000;
const pollMs = 25;

/** Erases people: each is a job, so that none is left half erased. */
export class Erasures {
  readonly #parts: ErasuresParts;

  constructor(parts: ErasuresParts) {
    this.#parts = parts;
  }

  /**
   * What erasing a person would do; nothing is done.
   * @throws NotFoundError where nothing is known of such a person
   */
  async plan(tenant: string, id: string): Promise<ErasurePlan> {
    const { store, deleted, events, outbox, notes } = this.#parts;
    const isPresent = (await store.get(tenant, 'User', id)) !== undefined;
    const isDeleted = !isPresent && (await deleted.find(tenant, id)) !== undefined;
    const values = await collectValues(this.#parts, tenant, id);
    const { total } = await events.query({
      tenant,
      condition: eventsOf(id),
      sort: undefined,
      limit: 1,
      page: { offset: 0 },
    });
    if (!isPresent && !isDeleted && total === 0) throw noSuchPerson(id);
    const folded = new Set(values.map((value) => value.toLowerCase()));
    const accounts = await notes.list({ tenant, kind: 'administrator', limit: 1_000 });
    return {
      id,
      person: isPresent ? 'present' : isDeleted ? 'deleted' : 'gone',
      events: total,
      messages: (await outbox.ofUser(tenant, id, mostMessages)).length,
      values: values.length,
      administrators: accounts.filter(({ value }) => folded.has(addressIn(value))).map(({ key }) => key),
    };
  }

  /**
   * Begins to erase a person, or goes on where it was begun; one who was erased before is looked for once more.
   * @param waitMs how long the answer waits for the end
   * @throws NotFoundError where nothing is known of such a person
   */
  async begin({ tenant, actor, requestId }: ErasureOrder, id: string, waitMs: number): Promise<ErasureView> {
    const { jobs, clock, wake } = this.#parts;
    const before = await jobs.find(tenant, jobOf(id));
    if (before === undefined) await this.plan(tenant, id);
    else if (hasEnded(before)) await jobs.remove(tenant, jobOf(id));
    const data: JsonObject = { user: id, event: clock.newId(), actor: { ...actor }, requestId };
    await jobs.add({ tenant, id: jobOf(id), kind: erasureJob, data });
    wake();
    for (let waited = 0; waited < waitMs; waited += pollMs) {
      const job = await jobs.find(tenant, jobOf(id));
      if (job !== undefined && hasEnded(job)) return viewOf(job, id);
      await sleep(pollMs);
    }
    return this.view(tenant, id);
  }

  /** How far an erasure is. @throws NotFoundError where none was asked for */
  async view(tenant: string, id: string): Promise<ErasureView> {
    const job = await this.#parts.jobs.find(tenant, jobOf(id));
    if (job === undefined) throw noSuchPerson(id);
    return viewOf(job, id);
  }
}

function jobOf(id: string): string {
  return `erase-${id}`.slice(0, 150);
}

function viewOf({ state, createdAt, endedAt, checkpoint, reason }: Job, id: string): ErasureView {
  const { counts = noneYet } = checkpoint as { counts?: ErasedCounts & JsonObject };
  return {
    id,
    state,
    startedAt: createdAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    erased: counts,
    ...(reason === undefined ? {} : { reason }),
  };
}

function addressIn({ email }: JsonObject): string {
  return typeof email === 'string' ? email.toLowerCase() : '';
}

function noSuchPerson(id: string): NotFoundError {
  return new NotFoundError(`Nothing is known of a User with id "${id.slice(0, 100)}".`);
}
