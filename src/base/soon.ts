/** A value that is there, or comes later. Work that waits for nothing costs neither a promise nor a turn. */
export type Soon<Value> = Value | Promise<Value>;

/**
 * Goes on with a value: at once where it is there.
 * @throws what `next` throws, where the value is there; else the promise rejects
 */
export function soon<Value, Made>(value: Soon<Value>, next: (value: Value) => Soon<Made>): Soon<Made> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/**
 * Does work and goes on when it has gone wrong, whether it throws or rejects.
 * @param failed answers in place of the work, or throws
 */
export function soonOr<Value, Other>(
  work: () => Soon<Value>,
  failed: (cause: unknown) => Soon<Other>,
): Soon<Value | Other> {
  try {
    const value = work();
    return value instanceof Promise ? value.catch(failed) : value;
  } catch (cause) {
    return failed(cause);
  }
}

/** Does work and, when it is over, whatever has become of it, something else. */
export function soonFinally<Value>(work: () => Soon<Value>, end: () => void): Soon<Value> {
  let value: Soon<Value>;
  try {
    value = work();
  } catch (cause) {
    end();
    throw cause;
  }
  if (value instanceof Promise) return value.finally(end);
  end();
  return value;
}
