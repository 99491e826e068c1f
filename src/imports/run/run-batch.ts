import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRun } from '../../jobs/job-runner.ts';
import type { RequestLog } from '../../domain/request-log.ts';
import { digestOf } from '../plan/decide-row.ts';
import { BatchRows, type DecidedRow } from '../batch/batch-rows.ts';
import { addToGroups } from './group-writes.ts';
import type { DoneRow, ImportBatch, ImportCounts, Refusal } from '../batch/import-batch.ts';
import { roomOf, whyPause } from './why-pause.ts';
import { added, countsOf, isWrite, progressOf, startCheckpoint, type RunCheckpoint } from './run-checkpoint.ts';
import { writeManagers } from './manager-writes.ts';
import { deactivateMissing } from './missing-writes.ts';
import { People } from '../batch/people.ts';
import { seldom, type Steps } from '../batch/steps.ts';
import { hashNow, refusalOf, refusalWith, type PlanParts } from './plan-batch.ts';
import { intentOf, outdated, writeRows, type WrittenRow } from './write-rows.ts';

/** What a run works with. */
export interface RunParts extends PlanParts {
  readonly requests: Pick<RequestLog, 'append'>;
}

/** How a run ended; undefined where it had to stop. */
export type RunEnd =
  { readonly state: 'done' | 'paused' | 'failed'; readonly reason?: string; readonly outdated?: boolean } | undefined;

/** A row that is not done yet. */
interface RowJob {
  readonly one: DecidedRow;
  readonly intent: DoneRow;
  /** Why it is refused though it was approved. */
  readonly reason?: string;
}

/**
 * Does what was approved: a row whose decision is another one by now is refused. Goes on from the job's checkpoint;
 * every step is safe to repeat.
 */
export async function runBatch(parts: RunParts, batch: ImportBatch, run: JobRun<RunCheckpoint>): Promise<RunEnd> {
  return new BatchRun(parts, batch, run).go();
}

class BatchRun {
  readonly #parts: RunParts;
  readonly #batch: ImportBatch;
  readonly #run: JobRun<RunCheckpoint>;
  readonly #people: People;
  readonly #rows: BatchRows;
  #at: RunCheckpoint;

  constructor(parts: RunParts, batch: ImportBatch, run: JobRun<RunCheckpoint>) {
    this.#parts = parts;
    this.#batch = batch;
    this.#run = run;
    this.#people = new People(parts, batch);
    this.#rows = new BatchRows({ ...parts, timezone: parts.timezoneOf(batch.tenant) }, batch, this.#people);
    // After a pause has been checked, its counts start again.
    this.#at = { ...(run.checkpoint ?? startCheckpoint()), written: 0, failed: 0 };
  }

  async go(): Promise<RunEnd> {
    const { mustStop } = this.#run;
    if (this.#at.phase === 'checking') {
      const hash = await hashNow(this.#parts, this.#batch, this.#steps());
      if (hash === undefined) return undefined;
      if (hash !== this.#batch.plan?.hash) return { state: 'failed', outdated: true, reason: outdatedPlan };
      await this.#save({ phase: 'writing' });
    }
    if (this.#at.phase === 'writing') {
      await this.#rows.readKeys(this.#steps());
      while (this.#at.chunk < this.#batch.chunks) {
        if (mustStop()) return undefined;
        const pause = await this.#chunk(this.#at.chunk);
        if (pause !== undefined) return { state: 'paused', reason: pause };
        if (mustStop()) return undefined;
      }
      await this.#save({ phase: 'managers', chunk: 0 });
    }
    if (this.#at.phase === 'managers') {
      const ended = await writeManagers(this.#parts, this.#batch, this.#people, this.#work(this.#at.managers));
      if (!ended) return undefined;
      await this.#save({ phase: 'missing', chunk: 0 });
    }
    const ended = await deactivateMissing(this.#parts, this.#batch, this.#people, this.#work(this.#batch.options.full));
    return ended ? { state: 'done' } : undefined;
  }

  /** What the later phases see of the run. */
  #work(isNeeded: boolean) {
    return {
      isNeeded,
      from: this.#at.chunk,
      mustStop: this.#run.mustStop,
      next: (chunk: number, counts: Partial<ImportCounts> = {}) =>
        this.#save({ chunk, counts: added(this.#at.counts, counts) }),
    };
  }

  /**
   * One chunk of rows, or what is left of it.
   * @returns why the run pauses; undefined where it goes on
   */
  async #chunk(chunk: number): Promise<string | undefined> {
    const { batches } = this.#parts;
    const before = await batches.done(this.#batch, 'rows', chunk);
    const begun = new Map(before.map((row) => [row.line, row]));
    const decided = await this.#rows.decide(chunk, (line) => begun.get(line)?.kind === 'create');
    const planned = await batches.planned(this.#batch, chunk);
    const jobs = decided.flatMap((one, index) => this.#jobOf(one, index, planned, begun.get(one.row.line)) ?? []);
    const room = roomOf(this.#batch, this.#at);
    const now = jobs.filter(
      ({ intent }, index) => room === Infinity || intent.intent !== true || writesBefore(jobs, index) < room,
    );
    const kept = new Map([...begun, ...now.map(({ intent }) => [intent.line, intent] as const)]);
    await batches.putDone(this.#batch, 'rows', chunk, [...kept.values()]);
    const results = await this.#asFound(chunk, await this.#writeAll(now));
    for (const { done } of results) kept.set(done.line, done);
    const madeGroups = await addToGroups(this.#parts, this.#batch, this.#people, kept);
    const written = new Set(results.map(({ done }) => done.line));
    const rows = [...kept.values()].filter(({ line, intent }) => intent !== true || written.has(line));
    await batches.putDone(this.#batch, 'rows', chunk, rows);
    const people = rows.flatMap(({ id }) => id ?? []);
    await batches.own(this.#batch, chunk, people);
    await this.#keepRefusals(chunk, decided, results, rows);
    await this.#log(results);
    const isWhole = rows.length === decided.length;
    const counts = added(this.#at.base, countsOf(rows));
    await this.#save({
      chunk: isWhole ? chunk + 1 : chunk,
      counts,
      base: isWhole ? counts : this.#at.base,
      written: this.#at.written + results.filter(({ done }) => isWrite(done)).length,
      failed:
        this.#at.failed + results.filter(({ entry, done }) => entry !== undefined && done.kind === 'refused').length,
      managers: this.#at.managers || rows.some(({ manager }) => manager !== undefined),
      madeGroups: [...this.#at.madeGroups, ...madeGroups],
    });
    const isLast = isWhole && this.#at.chunk >= this.#batch.chunks;
    const pause = isLast ? undefined : await whyPause(this.#parts, this.#batch, this.#people, this.#at);
    if (pause !== undefined) await this.#save(pause.next);
    return pause?.reason;
  }

  /** @returns nothing where the row is done already */
  #jobOf(
    one: DecidedRow,
    index: number,
    planned: { readonly kinds: string; readonly digests: readonly string[] },
    begun: DoneRow | undefined,
  ): RowJob | undefined {
    const { row, person, decision } = one;
    if (begun?.intent === true) return { one, intent: begun };
    if (begun !== undefined) return undefined;
    const userName = person?.userName ?? person?.externalId ?? '';
    if (decision.kind === 'unchanged') return { one, intent: { line: row.line, kind: 'unchanged', id: decision.id } };
    // What the plan refused stays refused, even if it is possible by now: it was not approved.
    if (decision.kind === 'refused' || planned.kinds[index] === 'r')
      return { one, intent: { line: row.line, kind: 'refused' } };
    if (digestOf(row.line, decision) !== planned.digests[index])
      return { one, intent: { line: row.line, kind: 'refused' }, reason: outdated };
    return { one, intent: intentOf(row.line, userName, decision, person?.manager) };
  }

  async #writeAll(jobs: readonly RowJob[]): Promise<readonly WrittenRow[]> {
    const { perSecond } = this.#batch.options;
    const write = (rows: readonly RowJob[]): Promise<readonly WrittenRow[]> =>
      writeRows(
        this.#parts,
        this.#batch,
        this.#people,
        rows.map(({ one: { decision }, intent }) => ({ decision, intent })),
      );
    const [toWrite, asTheyAre] = [
      jobs.filter(({ intent }) => intent.intent),
      jobs.filter(({ intent }) => !intent.intent),
    ];
    const results: WrittenRow[] = asTheyAre.map(({ intent, reason }) => ({
      done: intent,
      ...(reason === undefined ? {} : { reason }),
    }));
    if (perSecond === 0) return this.#run.mustStop() ? results : [...results, ...(await write(toWrite))];
    const started = performance.now();
    for (const [index, job] of toWrite.entries()) {
      const wait = started + (index * 1000) / perSecond - performance.now();
      if (wait > 0) await sleep(wait);
      if (this.#run.mustStop()) break;
      results.push(...(await write([job])));
    }
    return results;
  }

  /** Somebody else made a person at the same time: where they are as the row says, there is nothing to refuse. */
  async #asFound(chunk: number, results: readonly WrittenRow[]): Promise<readonly WrittenRow[]> {
    const isTaken = ({ done, entry }: WrittenRow): boolean => done.kind === 'refused' && entry?.status === 409;
    if (!results.some(isTaken)) return results;
    const now = new Map((await this.#rows.decide(chunk)).map(({ row, decision }) => [row.line, decision]));
    return results.map((result) => {
      const decision = isTaken(result) ? now.get(result.done.line) : undefined;
      if (decision?.kind !== 'unchanged') return result;
      return { done: { line: result.done.line, kind: 'unchanged', id: decision.id } };
    });
  }

  async #keepRefusals(
    chunk: number,
    decided: readonly DecidedRow[],
    results: readonly WrittenRow[],
    rows: readonly DoneRow[],
  ): Promise<void> {
    const reasons = new Map(results.map(({ done, reason }) => [done.line, reason]));
    const isDone = new Set(rows.map(({ line }) => line));
    const refusals = decided.flatMap((one): Refusal[] => {
      const reason = reasons.get(one.row.line);
      const planned = refusalOf(one);
      // What was refused by the plan is among its refusals already.
      if (!isDone.has(one.row.line) || reason === undefined || planned !== undefined) return [];
      return [refusalWith(one.row, reason, one.person?.userName)];
    });
    if (refusals.length > 0) await this.#parts.batches.putRefusals(this.#batch, 'run', chunk, refusals);
  }

  async #log(results: readonly WrittenRow[]): Promise<void> {
    const entries = results.flatMap(({ entry }) => entry ?? []);
    if (entries.length > 0) await this.#parts.requests.append(entries);
  }

  async #save(change: Partial<RunCheckpoint>): Promise<void> {
    this.#at = { ...this.#at, ...change };
    const { done, total } = progressOf(this.#at, this.#batch);
    await this.#run.save(this.#at, { done: Math.min(done, total), total, phase: this.#at.phase });
  }

  #steps(): Steps {
    const step: Steps['step'] = (done, total, phase) => this.#run.save(this.#at, { done, total, phase });
    return { mustStop: this.#run.mustStop, step: seldom(step) };
  }
}

/** Why a plan is not run: the batch gets a new one. */
export const outdatedPlan =
  'What is here has changed since the plan was approved. Nothing was written; look at the new plan and approve that.';

function writesBefore(jobs: readonly { readonly intent: DoneRow }[], index: number): number {
  let count = 0;
  for (let at = 0; at < index; at += 1) if (jobs[at]?.intent.intent === true) count += 1;
  return count;
}
