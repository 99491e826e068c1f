import type { Json, JsonObject } from '../base/json.ts';
import type { Notes } from '../domain/notes.ts';

/** How far a stream is. */
export interface StreamState {
  /** Everything up to this place of the chain has been taken. */
  readonly position: number;
  /** What is on its way: a delivery, and the place up to which it goes. */
  readonly delivery?: string;
  readonly upTo?: number;
  /** Since when it is paused, by whom or for what: ISO 8601 UTC. */
  readonly pausedAt?: string;
  readonly reason?: string;
  /** Of a feed that is fetched: tokens beyond the position that were taken. */
  readonly taken: readonly string[];
  /** What the receiver last said was wrong with a token. */
  readonly fault?: string;
  /** What a test event is to say, until it has been fetched. */
  readonly test?: string;
}

const kind = 'stream';
const mostTries = 20;

/** Keeps how far the streams of each tenant are. Any number of processes change it, and no change is lost. */
export class StreamStates {
  readonly #notes: Pick<Notes, 'find' | 'put' | 'remove'>;

  constructor(notes: Pick<Notes, 'find' | 'put' | 'remove'>) {
    this.#notes = notes;
  }

  /** Undefined for a stream that has not begun. */
  async find(tenant: string, stream: string): Promise<StreamState | undefined> {
    const note = await this.#notes.find(tenant, kind, stream);
    return note && stateOf(note.value);
  }

  /** A stream that is made anew under this name begins anew. */
  async forget(tenant: string, stream: string): Promise<void> {
    await this.#notes.remove(tenant, kind, stream);
  }

  /**
   * Changes a state as it is in this moment.
   * @param change answers undefined where nothing is to be changed; it can be called more than once
   * @returns the state as it is now
   */
  async change(
    tenant: string,
    stream: string,
    change: (state: StreamState | undefined) => StreamState | undefined,
  ): Promise<StreamState | undefined> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const note = await this.#notes.find(tenant, kind, stream);
      const before = note && stateOf(note.value);
      const after = change(before);
      if (after === undefined) return before;
      const draft = { tenant, kind, key: stream, value: valueOf(after) };
      if ((await this.#notes.put(draft, note?.version ?? 0)).outcome === 'done') return after;
    }
    throw new Error('the state of a stream changes too often');
  }
}

function stateOf(value: JsonObject): StreamState {
  const { position, delivery, upTo, pausedAt, reason, taken, fault, test } = value;
  const text = <Name extends string>(name: Name, one: Json | undefined) =>
    (typeof one === 'string' ? { [name]: one } : {}) as { readonly [Key in Name]?: string };
  return {
    position: typeof position === 'number' ? position : 0,
    taken: Array.isArray(taken) ? taken.filter((one) => typeof one === 'string') : [],
    ...(typeof upTo === 'number' ? { upTo } : {}),
    ...text('delivery', delivery),
    ...text('pausedAt', pausedAt),
    ...text('reason', reason),
    ...text('fault', fault),
    ...text('test', test),
  };
}

function valueOf({ taken, ...state }: StreamState): JsonObject {
  return { ...state, taken: [...taken] };
}
