import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';

/**
 * How long a command to MongoDB may take, the driver's own repetitions included, in milliseconds, where the connection
 * string says no other `timeoutMS`.
 */
export const usualCommandMs = 8_000;

/** MongoDB has not answered a command in time. Whether it was carried out is not known, and it is not tried again. */
export class NoAnswerError extends StoreUnavailableError {}

/**
 * Waits for MongoDB's answer, but no longer than a deadline. The driver has no deadline that holds for every kind of
 * command: a server that is stopped, or that waits for a majority of its set, answers nothing.
 * @throws NoAnswerError when the deadline has passed
 */
export function answered<T>(command: Promise<T>, ms: number = usualCommandMs): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoAnswerError(`MongoDB did not answer within ${ms} ms`)), ms);
    command.then(
      (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
