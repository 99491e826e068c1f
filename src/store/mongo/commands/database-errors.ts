import { Error as MongooseError, mongo } from 'mongoose';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';

/**
 * Answers of a server that refuses service for now: shutting down, not (yet) the primary, no majority, no server that
 * may be read from (133, 134), too busy, a lock that others hold (24, 46), interrupted (11601), a cursor or plan that
 * is gone (43, 175), out of time (50, 202) or of disk space (14031); or until its operator mends something: not
 * authorized (13), wrong credentials (18), refused by a hosting service (8000).
 */
const refusals = new Set([
  6, 7, 13, 18, 24, 43, 46, 50, 63, 64, 89, 91, 100, 112, 133, 134, 150, 175, 189, 202, 225, 234, 237, 246, 251, 262,
  290, 317, 358, 365, 391, 462, 8000, 9001, 10058, 10107, 11600, 11601, 11602, 13388, 13435, 13436, 14031,
]);

/**
 * Answers that a repetition would get again, for what was asked is wrong: unknown fields, operators, commands and
 * options, values of a wrong type, names that are no names, indexes that contradict each other. So are all codes from
 * 10,000 on that are not refusals.
 */
const faults = new Set([
  2, 3, 4, 5, 9, 12, 14, 15, 17, 20, 22, 26, 27, 28, 40, 42, 44, 48, 51, 52, 53, 54, 55, 56, 57, 59, 61, 66, 67, 68, 72,
  73, 85, 86, 115, 121, 159, 160, 165, 166, 167, 168, 171, 197, 211, 238, 241, 263, 303, 323,
]);

/** Labels by which a server or the driver says that the same may succeed later; they count before any code. */
const passingLabels = [
  'RetryableWriteError',
  'RetryableError',
  'TransientTransactionError',
  'UnknownTransactionCommitResult',
  'SystemOverloadedError',
  'NetworkError',
  'PoolRequestedRetry',
  'ResetPool',
] as const;

/** What the operating system says of a connection or a name that fails. */
const networkCodes = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EMFILE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_SOCKET_CLOSED',
]);

/**
 * True for the code of an answer by which a server refuses service for now. A code that nothing is known of is taken
 * for one: servers learn new ones, and what is wrong with a question is told by few.
 */
export function isRefusalOfService(code: unknown): boolean {
  const number = Number(code);
  return refusals.has(number) || (number > 0 && number < 10_000 && !faults.has(number));
}

const unavailableClasses = [
  StoreUnavailableError,
  mongo.MongoNetworkError,
  mongo.MongoSystemError,
  mongo.MongoNotConnectedError,
  mongo.MongoTopologyClosedError,
  mongo.MongoClientClosedError,
  mongo.MongoServerClosedError,
  mongo.MongoStalePrimaryError,
  mongo.MongoExpiredSessionError,
  mongo.MongoOperationTimeoutError,
  MongooseError.MongooseServerSelectionError,
] as const;

/**
 * True for an error that says the database cannot be reached or refuses service, so that the same call may succeed
 * later: by the labels that it bears, by its class, by the server's code, or by what caused it.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (unavailableClasses.some((each) => error instanceof each)) return true;
  if (error instanceof mongo.MongoError && passingLabels.some((label) => error.hasErrorLabel(label))) return true;
  if (error instanceof mongo.MongoServerError) return isRefusalOfService(error.code);
  if ('code' in error && networkCodes.has(String(error.code))) return true;
  if (error instanceof MongooseError && /initial connection|bufferCommands/.test(error.message)) return true;
  return isUnavailable(error.cause);
}

/**
 * True where the server has given up a command because its time was spent, and has not carried it out: another try
 * would take as long again.
 */
export function isOutOfTime(error: unknown): boolean {
  return (
    error instanceof mongo.MongoServerError
    && !(error instanceof mongo.MongoWriteConcernError)
    && Number(error.code) === 50
  );
}

/** True where a transaction that is under way writes the same document: the write is not done, and may be soon. */
export function isWriteConflict(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === 112;
}

/** True where a unique index has refused a write. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === 11000;
}

/** True where a document would grow beyond 16 MB: the server says so, or the driver has no room to write it. */
export function isTooLarge(error: unknown): boolean {
  if (error instanceof mongo.MongoServerError) return [10334, 17419, 17420].includes(Number(error.code));
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

/** The error as callers of a store know it. */
export function translateError(error: unknown): unknown {
  if (error instanceof StoreUnavailableError) return error;
  return isUnavailable(error)
    ? new StoreUnavailableError('MongoDB cannot be reached or refuses service', { cause: error })
    : error;
}

/**
 * Wraps a port's implementation so that every method, and every iterable a method answers, rejects with
 * StoreUnavailableError where the database is the reason. One place instead of one `try` in each method.
 */
export function translatingErrors<Port extends object>(port: Port): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...values: unknown[]): unknown => {
        const answer: unknown = member.apply(target, values);
        if (answer instanceof Promise)
          return answer.catch((error: unknown) => {
            throw translateError(error);
          });
        return isAsyncIterable(answer) ? translatedIteration(answer) : answer;
      };
    },
  });
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* translatedIteration(source: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    yield* source;
  } catch (error) {
    throw translateError(error);
  }
}
