import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { StoreUnavailableError } from '../../provisioning/resource-store.ts';
import type { Commit, CommitResult } from '../../provisioning/resource-store.ts';
import type { CommitAnswer, CommitOrder } from './commit-worker.ts';
import { startThread } from './start-thread.ts';

/** Members handed over between two turns of the event loop. */
const CHUNK = 2_000;

/**
 * Carries out large commits on a thread of its own: tens of thousands of memberships take SQLite a while, and their sync to disk cannot be
 * interrupted. Nobody else may write meanwhile, so commits come here from the line of writers, one at a time. The thread starts when first
 * needed and keeps no process alive while idle.
 */
export class CommitThread {
  readonly #file: string;
  #thread: Worker | undefined;

  /** @param file path of the database file */
  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Commits all or none, durably.
   * @returns one result per commit tried; the last one is the failure when it did not go through
   * @throws StoreUnavailableError when SQLite or the thread fails; nothing is stored then
   */
  async commitAll(commits: readonly Commit[], now: Date): Promise<readonly CommitResult[]> {
    const thread = this.#thread ??= startThread('commit-worker', this.#file);
    // Until it has answered the process must not end.
    thread.ref();
    const answer = answerOf(thread);
    try {
      await this.#send(thread, commits, now);
      const given = await answer;
      if ('failure' in given) throw new StoreUnavailableError(given.failure);
      return given.results;
    } catch (cause) {
      if (!(cause instanceof StoreUnavailableError)) this.#thread = undefined;
      throw cause instanceof StoreUnavailableError ? cause : new StoreUnavailableError('The writing thread failed.', { cause });
    } finally {
      thread.unref();
    }
  }

  /** Ends the thread. Nothing may be under way. */
  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  /** Many members are handed over in slices: copying them all at once would take as long as what the thread is there to spare. */
  async #send(thread: Worker, commits: readonly Commit[], now: Date): Promise<void> {
    const post = (order: CommitOrder) => thread.postMessage(order);
    const lean: Commit[] = [];
    for (const [index, commit] of commits.entries()) {
      const add = commit.kind === 'put' ? commit.members?.add ?? [] : [];
      if (commit.kind !== 'put' || commit.members === undefined || add.length <= CHUNK) {
        lean.push(commit);
        continue;
      }
      for (let start = 0; start < add.length; start += CHUNK) {
        post({ index, members: add.slice(start, start + CHUNK) });
        await nextTurn();
      }
      lean.push({ ...commit, members: { ...commit.members, add: [] } });
    }
    post({ commits: lean, now });
  }
}

function answerOf(thread: Worker): Promise<CommitAnswer> {
  const answer = new Promise<CommitAnswer>((resolve, reject) => {
    const settle = (then: () => void) => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      then();
    };
    const onMessage = (given: CommitAnswer) => settle(() => resolve(given));
    const onError = (cause: unknown) => settle(() => reject(cause instanceof Error ? cause : new Error(String(cause))));
    const onExit = (code: number) => settle(() => reject(new Error(`it ended with ${code}`)));
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
  // It may fail while members are still being handed over.
  answer.catch(() => undefined);
  return answer;
}
