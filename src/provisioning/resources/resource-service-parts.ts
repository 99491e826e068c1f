import type { RecordWriter } from '../records/record-writer.ts';
import type { DryRuns } from './dry-runs.ts';
import type { DeletedUsers } from '../records/deleted-users.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';

/** What the service works with. */
export interface ResourceServiceParts extends Omit<ServiceParts, 'changeUser'> {
  readonly writer: RecordWriter;
  readonly rehearsal: DryRuns;
  /** Where deleted users stay for a while. */
  readonly deleted: Pick<DeletedUsers, 'keep'>;
}
