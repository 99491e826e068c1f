/** Thrown where a command cannot do what it is asked: one sentence that says what to mend. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
