import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from './actor.ts';

/** What is known of the request, job or command that the running code works for. */
export interface PresentCall {
  readonly requestId?: string;
  /** The address it comes from; absent where it comes from no other machine. */
  readonly address?: string;
  /** The `User-Agent` it names, at most 200 characters. */
  readonly agent?: string;
  /** The language it wishes for most, a BCP 47 tag. */
  readonly locale?: string;
  /** Absent until the caller has proved who it is. */
  actor?: Actor;
  /** True once the caller has been told to try again: what has not been written for it by then is not written. */
  readonly isOver?: () => boolean;
}

const calls = new AsyncLocalStorage<PresentCall>();

/** What goes on after an answer has been sent takes no longer, in milliseconds. */
const afterworkMs = 15_000;

let underWay = 0;
let afterwork: NodeJS.Timeout | undefined;

/**
 * Runs something on behalf of a call, so that every write below it can tell the audit who and from where, without each
 * function in between handing it on. What an `Origin` says itself counts more. It counts as a call of its own until it
 * returns or its promise settles: see `beginCall`.
 * @param waitMs how long what it leaves behind may still ask for the call, in milliseconds
 */
export function onBehalfOf<Result>(call: PresentCall, run: () => Result, waitMs = afterworkMs): Result {
  const end = beginCall(waitMs);
  let result: Result | undefined;
  try {
    result = calls.run(call, run);
    return result;
  } finally {
    if (result instanceof Promise) result.then(end, end);
    else end();
  }
}

/** Runs something on behalf of no call: work that a call has only woken, and that goes on when it has ended. */
export function onNobodysBehalf<Result>(run: () => Result): Result {
  return calls.exit(run);
}

/**
 * To be called where a request begins whose work runs on behalf of a call. Up to Node 22, carrying the call along makes
 * every promise of the process dearer, by some half of the time of a read over SCIM: it is done only while there are
 * such requests, and for a while after the last one.
 * @returns to be called when the request has been answered
 */
export function beginCall(waitMs = afterworkMs): () => void {
  underWay += 1;
  clearTimeout(afterwork);
  return () => {
    underWay -= 1;
    if (underWay === 0) afterwork = setTimeout(() => calls.disable(), waitMs).unref();
  };
}

/** The call that the running code works for; undefined where it works for none. */
export function presentCall(): PresentCall | undefined {
  return calls.getStore();
}

/** Notes who the present call comes from, once that is proved. Does nothing where there is no call. */
export function nameCaller(actor: Actor): void {
  const call = calls.getStore();
  if (call !== undefined) call.actor = actor;
}
