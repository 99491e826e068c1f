import type { Approval } from '../../imports/batch/approval.ts';
import type { ImportOptions } from '../../imports/batch/import-batch.ts';
import type { ImportView } from '../../imports/batch/import-view.ts';

/** PORT: where the command line's imports are: in the store beside it, or behind a running server. */
export interface ImportTransport {
  /** @param path of the file, @param name what people know it by */
  create(path: string, name: string, options: Partial<ImportOptions>): Promise<ImportView>;
  view(id: string): Promise<ImportView>;
  run(id: string, approval: Approval): Promise<void>;
  ask(id: string, wish: 'pause' | 'resume' | 'cancel'): Promise<void>;
  undo(id: string): Promise<void>;
  errors(id: string): Promise<AsyncIterable<string>>;
}
