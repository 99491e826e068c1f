import type { AdminActor } from '../provisioning/admin/admin-records.ts';

/** One call of an operation: what the client sent has been checked against the document. */
export interface Call<Body = unknown, Query = unknown> {
  /** Absent where the operation is open to all. */
  readonly actor: AdminActor;
  /** The path's `{id}`; empty where it has none. */
  readonly id: string;
  /** Every parameter of the path, by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The file that came with the call, where the operation takes one: it lies here while the call lasts. */
  readonly file?: { readonly name: string | undefined; readonly path: string };
}

/** A file that an operation answers. */
export interface AnswerFile {
  /** ASCII, as it is to be kept. */
  readonly name: string;
  /** The media type. */
  readonly type: string;
  readonly chunks: AsyncIterable<string>;
}

/** What to answer; 200 unless it says otherwise. */
export interface Answer {
  readonly status?: number;
  /** A sign-in that failed: why in one word, and the name that was tried, of which the log gets a keyed hash. */
  readonly signIn?: { readonly outcome: string; readonly name: string };
  /** In place of a body: a file to keep, in pieces. */
  readonly file?: AnswerFile;
  /** What JSON.stringify writes: objects, lists, texts; undefined: the answer has no body. */
  readonly body: unknown;
}

/** What an operation does. */
export type Operation = (call: Call) => Answer | Promise<Answer>;

/**
 * Ties an operation to the types that its schemas in the document promise: the one place where checked JSON becomes a
 * type.
 */
export function operation<Body, Query = unknown>(
  act: (call: Call<Body, Query>) => Answer | Promise<Answer>,
): Operation {
  return (call) => act(call as Call<Body, Query>);
}
