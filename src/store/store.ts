import type { EventLog } from '../history/event-log.ts';
import type { Leases } from '../domain/leases.ts';
import type { Notes } from '../domain/notes.ts';
import type { Mailbox } from '../notify/mail/mailbox.ts';
import type { Outbox } from '../notify/outbox/outbox.ts';
import type { DueRecords } from '../provisioning/records/due-records.ts';
import type { RecordIndex } from '../provisioning/records/record-index.ts';
import type { ResourceStore } from '../provisioning/records/resource-store.ts';
import type { Tallies } from '../domain/tallies.ts';
import type { TenantData } from '../domain/tenant-data.ts';
import type { RequestLog } from '../domain/request-log.ts';

/** Everything one database gives Latchkey; each adapter folder exports one `open…Store` that answers this. */
export interface Store {
  readonly kind: 'sqlite' | 'mongodb';
  readonly resources: ResourceStore;
  readonly due: DueRecords;
  readonly index: RecordIndex;
  readonly outbox: Outbox;
  readonly mailbox: Mailbox;
  readonly requests: RequestLog;
  readonly tallies: Tallies;
  readonly notes: Notes;
  readonly leases: Leases;
  readonly tenantData: TenantData;
  readonly events: EventLog;
  /** Resolves when the database answers; rejects with StoreUnavailableError. */
  ping(): Promise<void>;
  /** How long the database has owed the oldest of its answers, in milliseconds; 0 where it owes none. */
  waitingMs(): number;
  /** Waits for writes under way, then closes. */
  close(): Promise<void>;
}
