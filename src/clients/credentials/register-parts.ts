import type { Clock } from '../../base/clock.ts';
import type { Notes } from '../../domain/notes.ts';
import type { AccessEpoch } from './access-epoch.ts';

/** What the registers work with. */
export interface RegisterParts {
  readonly notes: Notes;
  readonly epoch: AccessEpoch;
  readonly clock: Clock;
}
