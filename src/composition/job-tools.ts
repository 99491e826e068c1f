import type { Jobs } from '../jobs/jobs.ts';
import type { ResourceService } from '../provisioning/resources/resource-service.ts';

/** What jobs are made of. */
export interface JobTools {
  /** Does what SCIM calls do. */
  readonly handler: ResourceService;
  readonly jobs: Jobs;
  /** To be called when a job was added, or something is asked of one. */
  readonly wake: () => void;
  /** One name for each process that lives. */
  readonly owner: string;
}
