import { auditWrites } from './audit-writes.ts';
import { mailboxWrites } from './mailbox-writes.ts';
import { noteWrites } from './note-writes.ts';
import { outboxWrites } from './outbox-writes.ts';
import { recordWrites } from './record-writes.ts';
import { requestLogWrites } from './request-log-writes.ts';
import { tenantWrites } from './tenant-writes.ts';
import { tallyWrites } from './tally-writes.ts';

/** Every write there is, by name: what the writing thread can be asked for. */
export const writes = {
  ...recordWrites,
  ...outboxWrites,
  ...mailboxWrites,
  ...requestLogWrites,
  ...tallyWrites,
  ...noteWrites,
  ...tenantWrites,
  ...auditWrites,
};

/** The writes by name, for calls from other threads. */
export type Writes = typeof writes;
