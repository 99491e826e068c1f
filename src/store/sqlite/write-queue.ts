import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreUnavailableError } from '../../provisioning/resource-store.ts';
import { unavailable } from './connection.ts';
import type { Connection } from './connection.ts';

/**
 * One atomic piece of work on the writing connection. It yields wherever it may be interrupted, so that a large one does not
 * hold up the event loop; what it changed is kept or undone as its answer says.
 */
export type Write<T> = (connection: Connection) => Generator<void, { readonly keep: boolean; readonly result: T }, void>;

type Waiting = SharedWrite | LoneWrite;

interface SharedWrite {
  readonly kind: 'shared';
  /** Carries the work out inside a savepoint. @returns tells the caller, once the transaction is durable */
  attempt(): Generator<void, () => void, void>;
  reject(error: StoreUnavailableError): void;
}

/** What somebody else writes, on another connection. */
interface LoneWrite {
  readonly kind: 'lone';
  /** Never rejects. */
  perform(): Promise<void>;
  reject(error: StoreUnavailableError): void;
}

/** What one transaction takes at most before it is committed, in writes and in milliseconds. */
const MOST_WRITES = 256;
const LONGEST_TURN_MS = 4;

/**
 * Group commit: writes asked for while others are under way are committed together, in one transaction with one sync to disk.
 * Each has a savepoint of its own, so one that fails does not spoil the others; nobody is answered before the commit is durable.
 */
export class WriteQueue {
  readonly #connection: Connection;
  readonly #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Carries out a write.
   * @returns its result, once it is durable
   * @throws StoreUnavailableError when SQLite fails or the queue is closed; nothing of the write is stored then
   */
  run<T>(write: Write<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const connection = this.#connection;
      this.#enqueue({
        kind: 'shared',
        * attempt() {
          connection.execute('SAVEPOINT one_write');
          try {
            const { keep, result } = yield* write(connection);
            connection.execute(keep ? 'RELEASE one_write' : 'ROLLBACK TO one_write; RELEASE one_write');
            return () => resolve(result);
          } catch (error) {
            // A full or failing disk has SQLite end the whole transaction: then all of it has failed.
            if (!connection.inTransaction) throw error;
            connection.execute('ROLLBACK TO one_write; RELEASE one_write');
            return () => reject(unavailable(error));
          }
        },
        reject,
      });
    });
  }

  /**
   * Lets a thread write with a connection of its own, once it is its turn: no other write is under way meanwhile.
   * @throws StoreUnavailableError when the queue is closed; what the work throws
   */
  runApart<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ kind: 'lone', perform: () => work().then(resolve, reject), reject });
    });
  }

  #enqueue(waiting: Waiting): void {
    if (this.#closed) {
      waiting.reject(new StoreUnavailableError('The store is closed.'));
      return;
    }
    this.#waiting.push(waiting);
    this.#draining ??= this.#drain();
  }

  /** Refuses further writes and resolves when those under way are answered. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Requests that arrive in the same turn of the event loop share the transaction.
      await nextTurn();
      const [first] = this.#waiting;
      if (first?.kind === 'lone') {
        this.#waiting.shift();
        await first.perform();
      } else await this.#commitSome();
    }
    this.#draining = undefined;
  }

  async #commitSome(): Promise<void> {
    const tried: SharedWrite[] = [];
    const answers: (() => void)[] = [];
    try {
      this.#connection.execute('BEGIN IMMEDIATE');
      const end = performance.now() + LONGEST_TURN_MS;
      do {
        const [next] = this.#waiting;
        if (next?.kind !== 'shared') break;
        this.#waiting.shift();
        tried.push(next);
        answers.push(await carryOut(next));
      } while (tried.length < MOST_WRITES && performance.now() < end);
      this.#connection.execute('COMMIT');
    } catch (error) {
      if (this.#connection.inTransaction) this.#connection.execute('ROLLBACK');
      // When not even BEGIN went through, the writes would wait for ever.
      for (const each of tried.length > 0 ? tried : this.#waiting.splice(0)) each.reject(unavailable(error));
      return;
    }
    for (const answer of answers) answer();
  }
}

/** Lets other work of the process run between the steps of a long write. */
async function carryOut(waiting: SharedWrite): Promise<() => void> {
  const steps = waiting.attempt();
  let turnEnd = performance.now() + LONGEST_TURN_MS;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < turnEnd) continue;
    await nextTurn();
    turnEnd = performance.now() + LONGEST_TURN_MS;
  }
}
