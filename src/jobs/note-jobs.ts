import type { Clock } from '../base/clock.ts';
import type { Leases } from '../domain/leases.ts';
import { installation, noteKind, type Note, type NoteDraft, type Notes } from '../domain/notes.ts';
import {
  hasEnded,
  JobLostError,
  type Job,
  type JobAsked,
  type JobDraft,
  type JobEnd,
  type Jobs,
  type JobWish,
  type TakenJob,
} from './jobs.ts';

/** Where jobs are kept, and the name of this worker. */
export interface NoteJobsParts {
  readonly notes: Notes;
  readonly leases: Leases;
  readonly clock: Clock;
  /** The name of this process among all that take jobs. */
  readonly owner: string;
  /** How long a job is kept without a sign of its worker, in milliseconds. */
  readonly leaseMs?: number;
}

type KeptJob = Omit<Job, 'tenant' | 'id'>;
const kind = noteKind<KeptJob>('job');
/** Each unfinished job has an entry here, so that workers need not know the tenants. */
const queueKind = 'jobQueue';
/** Entries looked at when a worker asks for work. */
const lookedAt = 200;
const attempts = 12;

/** Jobs over notes and leases. */
export class NoteJobs implements Jobs {
  readonly #parts: NoteJobsParts;
  readonly #leaseMs: number;
  /** Of this process: its owner renews a lease, and two loops of one process are one owner. */
  readonly #taken = new Set<string>();

  constructor(parts: NoteJobsParts) {
    this.#parts = parts;
    this.#leaseMs = parts.leaseMs ?? 30_000;
  }

  async add({ tenant, id, kind: which, data }: JobDraft): Promise<Job> {
    const job: Job = {
      tenant,
      id,
      kind: which,
      data,
      state: 'waiting',
      checkpoint: {},
      progress: { done: 0 },
      createdAt: this.#now(),
      runs: 0,
    };
    const made = await this.#parts.notes.put(noteOf(job), 0);
    const kept = made.outcome === 'done' ? job : await this.find(tenant, id);
    if (kept === undefined) throw new Error(`job ${id} could be neither added nor found`);
    if (kept.state === 'waiting') await this.#enqueue(kept);
    return kept;
  }

  async find(tenant: string, id: string): Promise<Job | undefined> {
    const note = await this.#parts.notes.find(tenant, kind, id);
    return note === undefined ? undefined : jobOf(note);
  }

  async list(query: { tenant: string; after?: string; limit: number }): Promise<readonly Job[]> {
    return (await this.#parts.notes.list({ kind, ...query })).map(jobOf);
  }

  async ask(tenant: string, id: string, wish: JobWish): Promise<JobAsked> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const note = await this.#parts.notes.find(tenant, kind, id);
      if (note === undefined) return { outcome: 'notFound' };
      const job = jobOf(note);
      const wanted = afterWish(job, wish, this.#now());
      if (wanted === undefined) return { outcome: 'conflict', job };
      const isSame = wanted === job;
      if (!isSame && (await this.#parts.notes.put(noteOf(wanted), note.version)).outcome !== 'done') continue;
      // Repeated where it is so already: the process that asked first may have died in between.
      if (wanted.state === 'waiting') await this.#enqueue(wanted);
      return { outcome: 'done', job: wanted };
    }
    throw new Error(`job ${id} is changed by too many at once`);
  }

  async take(kinds: readonly string[]): Promise<TakenJob | undefined> {
    const { notes, leases, owner } = this.#parts;
    const entries = await notes.list({ tenant: installation, kind: queueKind, limit: lookedAt });
    for (const entry of rotated(entries, this.#parts.clock.now().getTime())) {
      const { tenant, id, kind: which } = entry.value as { tenant: string; id: string; kind: string };
      const lease = leaseName(tenant, id);
      if (!kinds.includes(which) || this.#taken.has(lease)) continue;
      this.#taken.add(lease);
      const taken = (await leases.take(lease, owner, this.#leaseMs)) ? await this.#claim(tenant, id, entry) : undefined;
      if (taken !== undefined) return taken;
      this.#taken.delete(lease);
    }
    return undefined;
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    const note = await this.#parts.notes.find(tenant, kind, id);
    return note !== undefined && hasEnded(jobOf(note)) && this.#parts.notes.remove(tenant, kind, id, note.version);
  }

  async #claim(tenant: string, id: string, entry: Note): Promise<TakenJob | undefined> {
    const { notes } = this.#parts;
    const note = await notes.find(tenant, kind, id);
    const job = note === undefined ? undefined : jobOf(note);
    if (note === undefined || job === undefined || hasEnded(job) || job.state === 'paused') {
      await notes.remove(installation, queueKind, entry.key, entry.version);
      await this.#release(tenant, id);
      return undefined;
    }
    const claimed: Job = {
      ...withoutReason(job),
      state: 'running',
      startedAt: job.startedAt ?? this.#now(),
      runs: job.runs + 1,
    };
    const written = await notes.put(noteOf(claimed), note.version);
    if (written.outcome === 'done') return this.#inHand(claimed, entry);
    await this.#release(tenant, id);
    return undefined;
  }

  #inHand(claimed: Job, entry: Note): TakenJob {
    const { tenant, id, runs } = claimed;
    const { notes, leases, owner } = this.#parts;
    /** Changes the job if it is still in this worker's hands: each claim counts `runs` up. */
    const change = async (to: (job: Job) => Job): Promise<Job> => {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const note = await notes.find(tenant, kind, id);
        const job = note === undefined ? undefined : jobOf(note);
        if (note === undefined || job?.runs !== runs || job.state !== 'running')
          throw new JobLostError(`job ${id} is in other hands`);
        const wanted = to(job);
        if (wanted === job || (await notes.put(noteOf(wanted), note.version)).outcome === 'done') return wanted;
      }
      throw new JobLostError(`job ${id} is changed by too many at once`);
    };
    const renew = async (): Promise<void> => {
      if (!(await leases.take(leaseName(tenant, id), owner, this.#leaseMs)))
        throw new JobLostError(`job ${id} was taken by another worker`);
    };
    return {
      job: claimed,
      keep: async () => {
        await renew();
        return (await change((job) => job)).wish;
      },
      save: async ({ checkpoint, progress }) => {
        await renew();
        return (await change((job) => ({ ...job, checkpoint, progress }))).wish;
      },
      end: async (end) => {
        try {
          await change((job) => afterEnd(job, end, this.#now()));
          if (end.state !== 'waiting') await notes.remove(installation, queueKind, entry.key, entry.version);
        } catch (cause) {
          if (!(cause instanceof JobLostError)) throw cause;
        } finally {
          await this.#release(tenant, id);
        }
      },
    };
  }

  async #release(tenant: string, id: string): Promise<void> {
    await this.#parts.leases.release(leaseName(tenant, id), this.#parts.owner);
    this.#taken.delete(leaseName(tenant, id));
  }

  /** Written again if it exists: a worker that is about to remove the older entry then leaves this one. */
  async #enqueue({ tenant, id, kind: which }: Job): Promise<void> {
    const value = { tenant, id, kind: which };
    await this.#parts.notes.put({ tenant: installation, kind: queueKind, key: `${tenant}/${id}`, value }, undefined);
  }

  #now(): string {
    return this.#parts.clock.now().toISOString();
  }
}

/** The job after a request; the same object when nothing changes, undefined when the request does not fit its state. */
function afterWish(job: Job, wish: JobWish, now: string): Job | undefined {
  const { state } = job;
  if (wish === 'cancel') {
    if (state === 'cancelled' || job.wish === 'cancel') return job;
    if (state === 'running') return { ...job, wish };
    return hasEnded(job) ? undefined : { ...withoutReason(job), state: 'cancelled', endedAt: now };
  }
  if (hasEnded(job) || job.wish === 'cancel') return undefined;
  if (wish === 'pause') {
    if (state === 'paused' || job.wish === 'pause') return job;
    return state === 'running' ? { ...job, wish } : { ...job, state: 'paused' };
  }
  if (state === 'paused') return { ...withoutReason(job), state: 'waiting' };
  const { wish: asked, ...rest } = job;
  return asked === undefined ? job : rest;
}

function afterEnd({ wish, ...job }: Job, { state, reason }: JobEnd, now: string): Job {
  // Who gives a job back has not seen what is asked of it.
  const asked = state === 'waiting' && wish !== undefined ? { wish } : {};
  const given = state === 'waiting' ? 'running' : state;
  return {
    ...withoutReason(job),
    ...asked,
    state: given,
    ...(reason === undefined ? {} : { reason }),
    ...(hasEnded({ state: given }) ? { endedAt: now } : {}),
  };
}

function withoutReason({ reason, ...job }: Job): Job {
  void reason;
  return job;
}

function noteOf({ tenant, id, ...value }: Job): NoteDraft<KeptJob> {
  return { tenant, kind, key: id, value };
}

function jobOf({ tenant, key, value }: Note<KeptJob>): Job {
  return { ...value, tenant, id: key };
}

function leaseName(tenant: string, id: string): string {
  return `job/${tenant}/${id}`;
}

/** Begins at another place each time, so that the jobs of one tenant do not always come first. */
function rotated<T>(list: readonly T[], turn: number): readonly T[] {
  const start = list.length === 0 ? 0 : turn % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
