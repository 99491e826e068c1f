import { MemoryEventLog } from '../support/memory-event-log.ts';
import { MemoryLeases, MemoryNotes } from '../support/memory-notes.ts';
import { jobsContract } from './jobs-contract.ts';
import { clientsContract } from './clients-contract.ts';
import { eventLogContract } from './event-log-contract.ts';
import { notesContract } from './notes-contract.ts';

describe('contract of the fakes in memory', () => {
  let parts = { notes: new MemoryNotes(), leases: new MemoryLeases() };
  beforeEach(() => {
    parts = { notes: new MemoryNotes(), leases: new MemoryLeases() };
  });
  notesContract(() => parts);
  jobsContract(() => parts);
  clientsContract(() => parts);

  let events = new MemoryEventLog();
  beforeEach(() => {
    events = new MemoryEventLog();
  });
  eventLogContract(() => events);
});
