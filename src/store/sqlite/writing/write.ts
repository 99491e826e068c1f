import type { Connection } from '../database/connection.ts';

/** What a write leaves behind: whether its changes stay, and what its caller is told. */
export interface Written<Result> {
  readonly keep: boolean;
  readonly result: Result;
}

/**
 * One atomic piece of work on the writing connection. What goes in and comes out passes from thread to thread: plain
 * data only. A write that throws is undone, and its caller told that the store is not available.
 */
export type Write<Arguments extends readonly unknown[], Result> = (
  connection: Connection,
  ...values: Arguments
) => Written<Result>;

/** The end of a write whose changes stay. */
export function kept<Result>(result: Result): Written<Result> {
  return { keep: true, result };
}
