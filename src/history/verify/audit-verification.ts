import type { Clock } from '../../base/clock.ts';
import { noteKind, type Notes } from '../../domain/notes.ts';
import { jobHandler, type JobHandler, type JobRun } from '../../jobs/job-runner.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { EventLog } from '../event-log.ts';
import { readFrontier } from '../merkle-frontier.ts';
import { erasuresIn } from './erasures-in.ts';
import { ChainVerifier } from './verify-chain.ts';

/** The last verification of a tenant's chain, as people see it. Times are ISO 8601 UTC. */
export interface VerificationView {
  /** `none`: nobody has asked for one yet. */
  readonly state: 'none' | 'running' | 'intact' | 'broken' | 'failed';
  readonly startedAt?: string;
  readonly startedBy?: string;
  readonly endedAt?: string;
  /** Entries that were looked at, of so many. */
  readonly entries: number;
  readonly total: number;
  /** The first faults, each a sentence. */
  readonly faults: readonly string[];
}

/** What verifying works with. */
export interface AuditVerificationParts {
  readonly events: Pick<EventLog, 'base' | 'head' | 'read' | 'misfiled' | 'query'>;
  readonly notes: Notes;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly wake: () => void;
}

type Kept = Omit<VerificationView, 'state' | 'entries' | 'total'> & {
  readonly job: string;
  readonly state: 'running' | 'intact' | 'broken';
  readonly entries: number;
  readonly total: number;
};
type Checkpoint = { readonly seq: number; readonly hash: string; readonly frontier: string; readonly entries: number };

const kind = noteKind<Kept>('auditVerification');
const key = 'last';
/** Entries whose hashes are worked out in one turn: some ten milliseconds. */
const chunk = 200;
/** Entries between two checkpoints of the job. */
const step = 5_000;
const mostFaults = 20;

/** Proves a tenant's chain entry by entry, beside the serving process's work, as a durable job. */
export class AuditVerification {
  readonly #parts: AuditVerificationParts;

  constructor(parts: AuditVerificationParts) {
    this.#parts = parts;
  }

  /** What does the jobs, for the process's runner. */
  handlers(): Readonly<Record<'auditVerify', JobHandler>> {
    return { auditVerify: jobHandler<Checkpoint>((run) => this.#verify(run)) };
  }

  /** Begins one, unless one is under way. */
  async start(tenant: string, by: string): Promise<void> {
    const { notes, jobs, clock, events, wake } = this.#parts;
    if ((await this.view(tenant)).state === 'running') return;
    const job = `audit-${clock.newId()}`;
    const total = (await events.head(tenant)).seq;
    const kept: Kept = {
      job,
      state: 'running',
      startedAt: clock.now().toISOString(),
      startedBy: by,
      entries: 0,
      total,
      faults: [],
    };
    await notes.put({ tenant, kind, key, value: kept }, undefined);
    await jobs.add({ tenant, id: job, kind: 'auditVerify', data: {} });
    wake();
  }

  async view(tenant: string): Promise<VerificationView> {
    const kept = await this.#kept(tenant);
    if (kept === undefined) return { state: 'none', entries: 0, total: 0, faults: [] };
    const { job, ...view } = kept;
    if (view.state !== 'running') return view;
    const inHand = await this.#parts.jobs.find(tenant, job);
    if (inHand === undefined || inHand.state === 'failed') return { ...view, state: 'failed' };
    return { ...view, entries: inHand.progress.done };
  }

  async #kept(tenant: string): Promise<Kept | undefined> {
    return (await this.#parts.notes.find(tenant, kind, key))?.value;
  }

  async #verify({ job, checkpoint, mustStop, save }: JobRun<Checkpoint>): ReturnType<JobHandler> {
    const { events } = this.#parts;
    const { tenant } = job;
    const end = (await events.head(tenant)).seq;
    const base = await events.base(tenant);
    const { seq, hash, frontier } = base;
    let at = checkpoint ?? { seq, hash, frontier: frontier.toString(), entries: 0 };
    const marks = await erasuresIn(events, tenant);
    while (at.seq < end) {
      if (mustStop()) return undefined;
      const from = { seq: at.seq, hash: at.hash, frontier: readFrontier(at.frontier) };
      const verifier = new ChainVerifier({ tenant, base: from, marks });
      let last = at.seq;
      const until = Math.min(end, at.seq + step);
      while (last < until) {
        const some = (await events.read(tenant, last, chunk)).filter(({ seq }) => seq <= until);
        if (some.length === 0) break;
        for (const entry of some) verifier.add(entry);
        const reached = Math.max(last, ...some.map(({ seq }) => seq));
        verifier.addMisfiled(await events.misfiled(tenant, last, reached));
        last = reached;
      }
      const verdict = verifier.finish(until);
      const entries = at.entries + verdict.entries;
      if (verdict.integrity === 'broken' || verdict.completeness === 'incomplete' || verdict.frontier === undefined) {
        const faults = verdict.faults.slice(0, mostFaults).map(({ seq, detail }) => `${seq}: ${detail}`);
        await this.#end(tenant, job.id, { state: 'broken', entries, total: end, faults });
        return { state: 'done' };
      }
      at = { seq: verdict.last, hash: verdict.hash, frontier: verdict.frontier.toString(), entries };
      await save(at, { done: entries, total: end });
    }
    await this.#end(tenant, job.id, { state: 'intact', entries: at.entries, total: end, faults: [] });
    return { state: 'done' };
  }

  async #end(
    tenant: string,
    job: string,
    verdict: Pick<Kept, 'state' | 'entries' | 'total' | 'faults'>,
  ): Promise<void> {
    const { notes, clock } = this.#parts;
    for (;;) {
      const note = await notes.find(tenant, kind, key);
      if (note === undefined || note.value.job !== job) return;
      const value = { ...note.value, ...verdict, endedAt: clock.now().toISOString() };
      if ((await notes.put({ tenant, kind, key, value }, note.version)).outcome === 'done') return;
    }
  }
}
