import type { Worker } from 'node:worker_threads';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { LocatedQuery } from './located-query.ts';
import type { RowPage, TextPage } from './place-page.ts';
import type { TextFrame } from '../../../scim/port/text-frame.ts';
import type { ScanAnswer, ScanRequest } from './scan-worker.ts';
import { startThread } from '../../../base/start-thread.ts';

interface Scan extends ScanRequest {
  readonly resolve: (page: RowPage | TextPage) => void;
  readonly reject: (error: StoreUnavailableError) => void;
}

const MOST_BUSY = 2;
/** Busy threads, and those still running an abandoned statement. */
const MOST_THREADS = 4;
const MOST_WAITING = 1_000;

/**
 * Reads that may scan, on threads of their own: they hold up neither the event loop nor, for longer than the limit,
 * each other. Threads start when first needed, keep no process alive while idle, and are replaced when they die. None
 * is ended while it may be at a statement: the native driver would abort the whole process.
 */
export class ScanThreads {
  readonly #file: string;
  readonly #limitMs: number;
  readonly #generation: () => number;
  readonly #waiting: Scan[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, { readonly scan: Scan; readonly timer: NodeJS.Timeout }>();
  readonly #overdue = new Set<Worker>();
  #closed = false;

  /**
   * @param file path of the database file
   * @param limitMs a scan that takes longer is given up
   * @param generation another number after each write that may have changed what lists hold
   */
  constructor(file: string, limitMs: number, generation: () => number) {
    this.#file = file;
    this.#limitMs = limitMs;
    this.#generation = generation;
  }

  /**
   * Reads one page, with all writes acknowledged before the call in it.
   * @throws StoreUnavailableError when the scan fails or takes too long, or too many wait
   */
  page(query: LocatedQuery): Promise<RowPage> {
    return this.#read({ query }) as Promise<RowPage>;
  }

  /** The same with texts. */
  text(query: LocatedQuery, frame: TextFrame): Promise<TextPage> {
    return this.#read({ query, frame });
  }

  #read(asked: ScanRequest): Promise<RowPage | TextPage> {
    return new Promise((resolve, reject) => {
      if (this.#closed) reject(new StoreUnavailableError('The store is closed.'));
      else if (this.#waiting.length >= MOST_WAITING)
        reject(new StoreUnavailableError('Too many searches wait for the database.'));
      else {
        this.#waiting.push({ ...asked, resolve, reject });
        this.#next();
      }
    });
  }

  /** Rejects the scans not answered yet, and ends the threads as soon as none is at a statement. */
  async close(): Promise<void> {
    this.#closed = true;
    const closed = new StoreUnavailableError('The store is closed.');
    for (const { reject } of this.#waiting.splice(0)) reject(closed);
    for (const thread of [...this.#busy.keys()]) this.#giveUp(thread, closed);
    await Promise.all(
      [...this.#overdue].map(
        (thread) => new Promise((resolve) => thread.once('message', resolve).once('exit', resolve)),
      ),
    );
    await Promise.all(this.#idle.splice(0).map((thread) => thread.terminate()));
  }

  #next(): void {
    const [scan] = this.#waiting;
    if (scan === undefined) return;
    const thread = this.#idle.pop() ?? this.#start();
    if (thread === undefined) return;
    this.#waiting.shift();
    // While it works, it keeps the process alive: someone waits for the answer.
    thread.ref();
    const timer = setTimeout(() => {
      this.#giveUp(
        thread,
        new StoreUnavailableError(`The search took longer than ${this.#limitMs} ms; make the filter narrower.`),
      );
      this.#next();
    }, this.#limitMs);
    this.#busy.set(thread, { scan, timer });
    const { query, frame } = scan;
    thread.postMessage({
      query: { ...query, generation: this.#generation() },
      ...(frame === undefined ? {} : { frame }),
    } satisfies ScanRequest);
  }

  #start(): Worker | undefined {
    if (this.#busy.size >= MOST_BUSY || this.#busy.size + this.#overdue.size >= MOST_THREADS) return undefined;
    const thread = startThread(new URL('./scan-worker', import.meta.url), this.#file);
    thread.on('message', (answer: ScanAnswer) => this.#finish(thread, answer));
    thread.on('error', (cause) =>
      this.#lose(thread, new StoreUnavailableError('The search thread failed.', { cause })),
    );
    thread.on('exit', () => {
      this.#lose(thread, new StoreUnavailableError('The search thread ended.'));
      if (!this.#closed) this.#next();
    });
    return thread;
  }

  #finish(thread: Worker, answer: ScanAnswer): void {
    const scan = this.#take(thread);
    this.#overdue.delete(thread);
    thread.unref();
    this.#idle.push(thread);
    if ('failure' in answer) scan?.reject(new StoreUnavailableError(answer.failure));
    else scan?.resolve(answer.page);
    if (!this.#closed) this.#next();
  }

  /** Answers the caller; the thread is used again when its statement has ended. */
  #giveUp(thread: Worker, reason: StoreUnavailableError): void {
    this.#overdue.add(thread);
    this.#take(thread)?.reject(reason);
  }

  /** Forgets a thread that has died. */
  #lose(thread: Worker, reason: StoreUnavailableError): void {
    this.#overdue.delete(thread);
    const idle = this.#idle.indexOf(thread);
    if (idle !== -1) this.#idle.splice(idle, 1);
    this.#take(thread)?.reject(reason);
  }

  #take(thread: Worker): Scan | undefined {
    const job = this.#busy.get(thread);
    if (job === undefined) return undefined;
    clearTimeout(job.timer);
    this.#busy.delete(thread);
    return job.scan;
  }
}
