import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { Connection } from '../database/connection.ts';
import type { WriteAnswer, WriteRequest } from './group-commit.ts';
import { startThread } from '../../../base/start-thread.ts';
import type { Written } from './write.ts';
import type { Writes } from './writes.ts';

type ArgumentsOf<Name extends keyof Writes> = Writes[Name] extends (
  connection: Connection,
  ...values: infer Values
) => unknown
  ? Values
  : never;
type ResultOf<Name extends keyof Writes> = ReturnType<Writes[Name]> extends Written<infer Result> ? Result : never;

interface Asked extends WriteRequest {
  readonly resolve: (result: never) => void;
  readonly reject: (error: StoreUnavailableError) => void;
}

/** Writes beside the resources and the audit, which make up most of what is written while clients only read. */
const besideLists: ReadonlySet<keyof Writes> = new Set([
  'appendRequests',
  'purgeRequests',
  'removeRequests',
  'leaseDeliveries',
  'putNote',
]);

function changesLists(name: keyof Writes): boolean {
  return !besideLists.has(name);
}

/**
 * The thread that writes. Everything asked for in one turn of the event loop goes to it in one message; neither a
 * sync to disk nor a large write holds up the event loop. The thread starts with the first write and is replaced when
 * it dies.
 */
export class WriteThread {
  readonly #file: string;
  readonly #onWrite: (name: keyof Writes, values: readonly unknown[]) => void;
  #thread: Worker | undefined;
  /** Asked for in this turn of the event loop. */
  #asked: Asked[] = [];
  /** Sent and not answered, by id. */
  readonly #underWay = new Map<number, Asked>();
  #lastId = 0;
  /** When the thread last answered, or began to be waited for; of `performance.now`. */
  #answeredAt = 0;
  #idle: (() => void) | undefined;
  #closed = false;
  #generation = 0;

  /**
   * @param file path of the database file, at the present schema
   * @param onWrite told of each write, when it is asked for and when it has ended: its name and what it takes
   */
  constructor(file: string, onWrite: (name: keyof Writes, values: readonly unknown[]) => void = () => undefined) {
    this.#file = file;
    this.#onWrite = onWrite;
  }

  /**
   * Carries out a write.
   * @returns its result, once it is durable
   * @throws StoreUnavailableError when SQLite fails or the thread is closed; nothing of the write is stored then
   */
  run<Name extends keyof Writes>(name: Name, ...values: ArgumentsOf<Name>): Promise<ResultOf<Name>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new StoreUnavailableError('The store is closed.'));
        return;
      }
      if (this.#asked.length === 0) setImmediate(() => this.#send());
      if (changesLists(name)) this.#generation += 1;
      this.#onWrite(name, values);
      this.#lastId += 1;
      this.#asked.push({ id: this.#lastId, name, values, resolve, reject });
    });
  }

  /**
   * Another number after each write that may have changed what lists hold: asked for, and answered. What was read under
   * one number holds as long as that is the number.
   */
  get generation(): number {
    return this.#generation;
  }

  /** How long the oldest write under way has waited for its answer, in milliseconds; 0 when there is none. */
  waitingMs(): number {
    return this.#underWay.size === 0 ? 0 : performance.now() - this.#answeredAt;
  }

  /** Refuses further writes and resolves when those under way are answered and the thread has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#asked.length + this.#underWay.size > 0)
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.ref();
    thread.postMessage('close');
    await once(thread, 'exit');
  }

  #send(): void {
    const thread = (this.#thread ??= this.#start());
    // While it works, it keeps the process alive: someone waits for the answer.
    if (this.#underWay.size === 0) {
      thread.ref();
      this.#answeredAt = performance.now();
    }
    for (const asked of this.#asked) this.#underWay.set(asked.id, asked);
    thread.postMessage(this.#asked.map(({ id, name, values }): WriteRequest => ({ id, name, values })));
    this.#asked = [];
  }

  #start(): Worker {
    const thread = startThread(new URL('./write-worker', import.meta.url), this.#file);
    thread.on('message', (answers: readonly WriteAnswer[]) => this.#finish(thread, answers));
    thread.on('error', (cause) => this.#lose(thread, cause));
    thread.on('exit', () => this.#lose(thread, undefined));
    return thread;
  }

  #finish(thread: Worker, answers: readonly WriteAnswer[]): void {
    this.#answeredAt = performance.now();
    for (const answer of answers) {
      const asked = this.#underWay.get(answer.id);
      if (asked === undefined) continue;
      this.#underWay.delete(answer.id);
      if (changesLists(asked.name)) this.#generation += 1;
      this.#onWrite(asked.name, asked.values);
      if ('result' in answer) asked.resolve(answer.result as never);
      else asked.reject(new StoreUnavailableError(answer.failure));
    }
    if (this.#underWay.size > 0) return;
    thread.unref();
    if (this.#asked.length === 0) this.#idle?.();
  }

  #lose(thread: Worker, cause: unknown): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#generation += 1;
    const lost = [...this.#underWay.values()];
    this.#underWay.clear();
    for (const { name, values, reject } of lost) {
      this.#onWrite(name, values);
      reject(
        new StoreUnavailableError('The writing thread ended; whether the write went through is not known.', { cause }),
      );
    }
    if (this.#asked.length === 0) this.#idle?.();
  }
}
