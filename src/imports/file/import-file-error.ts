import { InvalidValueError } from '../../scim/model/scim-error.ts';

/** The file as a whole cannot be imported: nothing of it is. The detail names the line where there is one. */
export class ImportFileError extends InvalidValueError {
  /**
   * @param fault what is wrong and what to mend
   * @param line counted from 1
   */
  constructor(fault: string, line?: number) {
    super(line === undefined ? fault : `line ${line}: ${fault}`);
  }
}

/** What a file is, by its beginning. */
export interface FileFacts {
  readonly format: string;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly headings: readonly string[];
}

/** The headings of a file cannot be used without a mapping, or not with this one. */
export class HeadingsError extends ImportFileError {
  readonly file: FileFacts;
  /** The import that was begun with it, which shows the headings. */
  importId: string | undefined;

  /**
   * @param fault which headings, and what they may be
   * @param file what was read before
   */
  constructor(fault: string, file: FileFacts) {
    super(fault);
    this.file = file;
  }
}
