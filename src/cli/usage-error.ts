/** Thrown where a command cannot do what it is asked: one sentence that says what to mend. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** Thrown by a command that needs an embedded store where there is none. */
export class NoStoreError extends UsageError {
  override readonly name = 'NoStoreError';

  constructor(folder: string) {
    super(
      `there is no store in ${folder}: check LATCHKEY_DATA_DIR, and the folder you are in; the first start makes one`,
    );
  }
}
