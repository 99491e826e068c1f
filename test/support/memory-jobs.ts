import type { Clock } from '../../src/base/clock.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { Jobs } from '../../src/jobs/jobs.ts';
import { NoteJobs } from '../../src/jobs/note-jobs.ts';
import { MemoryLeases, MemoryNotes } from './memory-notes.ts';

/** Jobs in memory, for tests of what adds or does them. */
export function memoryJobs(clock: Clock = systemClock, owner = 'memory'): Jobs {
  return new NoteJobs({ notes: new MemoryNotes(), leases: new MemoryLeases(), clock, owner });
}
