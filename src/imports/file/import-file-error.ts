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
