import type { Log } from '../../base/log.ts';
import { StoreUnavailableError } from '../../provisioning/records/resource-store.ts';
import type { RequestLog, RequestLogEntry } from '../../domain/request-log.ts';

/** How many entries are filed at once; that many waiting are filed without being asked to. */
const batch = 500;

/** How many entries wait at most while the store is slow or away; what comes then is lost, and counted. */
const capacity = 10_000;

/**
 * Collects the calls of this process on their way to the request log, so that no call waits for it: recording costs one
 * push to an array. Writes them in batches: when there are enough, and on demand.
 */
export class RequestRecorder {
  readonly #requests: RequestLog;
  readonly #log: Pick<Log, 'warn'>;
  readonly #observe: ((entry: RequestLogEntry) => void) | undefined;
  #waiting: RequestLogEntry[] = [];
  #filing: Promise<void> | undefined;
  #lost = 0;

  /** @param observe told of each call, whether or not it can be kept */
  constructor(requests: RequestLog, log: Pick<Log, 'warn'>, observe?: (entry: RequestLogEntry) => void) {
    this.#requests = requests;
    this.#log = log;
    this.#observe = observe;
  }

  record(entry: RequestLogEntry): void {
    this.#observe?.(entry);
    if (this.#waiting.length >= capacity) {
      this.#lost += 1;
      return;
    }
    // While the store falls behind, bodies would fill the memory.
    this.#waiting.push(this.#waiting.length < batch ? entry : { ...entry, bodies: undefined });
    if (this.#waiting.length % batch === 0) void this.flush();
  }

  /**
   * Writes the waiting entries; resolves when nothing is left, or the store refuses. Never rejects: a failing log
   * only causes a warning.
   */
  flush(): Promise<void> {
    this.#filing ??= this.#file().finally(() => {
      this.#filing = undefined;
    });
    return this.#filing;
  }

  async #file(): Promise<void> {
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.slice(0, batch);
      try {
        await this.#requests.append(entries);
      } catch (cause) {
        this.#log.warn(
          { err: cause, waiting: this.#waiting.length, lost: this.#lost },
          'the request log cannot be written',
        );
        // Waiting entries can be written when the store is back; entries refused for another reason would always be
        // refused.
        if (cause instanceof StoreUnavailableError) return;
        this.#lost += entries.length;
      }
      this.#waiting = this.#waiting.slice(entries.length);
    }
    if (this.#lost === 0) return;
    this.#log.warn(
      { lost: this.#lost },
      'calls are missing from the request log: there were more than the store could take',
    );
    this.#lost = 0;
  }
}
