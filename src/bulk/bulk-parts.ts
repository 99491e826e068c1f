import type { JsonObject } from '../base/json.ts';
import type { AdminActor } from '../provisioning/admin/admin-records.ts';
import type { StoredRecord } from '../provisioning/records/resource-store.ts';
import type { BulkActor, PeopleJob } from './people-job.ts';
import type { PeopleJobNotes } from './people-job-notes.ts';

/** What an operation's dry run tells of one person. */
export interface OnePlan {
  readonly effects: readonly string[];
  readonly deliveries: readonly { readonly to?: string | undefined }[];
}

/** What actions on many people work with. */
export interface BulkParts {
  readonly notes: PeopleJobNotes;
  readonly now: () => Date;
  /** A page of the people whom a filter finds, and where the next one begins. */
  readonly find: (
    tenant: string,
    query: JsonObject,
    limit: number,
    before: string,
  ) => Promise<{
    readonly people: readonly { readonly id: string; readonly name: string }[];
    readonly next?: string | undefined;
  }>;
  /** Somebody's record; undefined where they do not exist. */
  readonly read: (tenant: string, id: string) => Promise<StoredRecord | undefined>;
  readonly nameOf: (record: StoredRecord) => string;
  /** When somebody was deleted of late; undefined where they were not. */
  readonly deletedAt: (tenant: string, id: string) => Promise<string | undefined>;
  /** The request id of the newest event of a type about somebody; undefined where there is none. */
  readonly lastRequest: (tenant: string, id: string, type: string) => Promise<string | undefined>;
  /**
   * Does an operation for one person, as its page does.
   * @throws ScimError what the operation refuses
   */
  readonly perform: (
    operation: string,
    actor: AdminActor,
    id: string,
    body: JsonObject | undefined,
    dryRun: boolean,
  ) => Promise<OnePlan | undefined>;
  /** Whether somebody may still call an operation: a role may have been taken away while the job ran. */
  readonly may: (tenant: string, actor: BulkActor, operation: string) => Promise<boolean>;
}

/** Who acts in a job: the person who asked for it; the job's id takes the place of a request's. */
export function actorOf({ tenant, id }: Pick<PeopleJob, 'tenant' | 'id'>, by: BulkActor): AdminActor {
  return { tenant, requestId: `bulk-${id}`, ...by };
}

/** What the operation for one person is called with. */
export function bodyOf({ action, options }: Pick<PeopleJob, 'action' | 'options'>): JsonObject | undefined {
  // A password that somebody types or reads would be one for many: here it is made when its mail goes out.
  if (action === 'password') return { send: true, forceChange: true, ...options };
  return Object.keys(options).length === 0 && action !== 'invite' ? undefined : options;
}
