import type { Html } from '../page-kit/html.ts';
import type { IconName } from './visit/icons.ts';
import { stateChip, type Tone } from './parts.ts';
import type { Visit } from './visit/visit.ts';

/** How states of people and of messages look; a state that is not here waits. */
const looks: Readonly<Record<string, readonly [Tone, IconName]>> = {
  none: ['wait', 'none'],
  hasPassword: ['way', 'key'],
  held: ['wait', 'held'],
  queued: ['wait', 'queued'],
  leased: ['way', 'queued'],
  retrying: ['late', 'retrying'],
  invited: ['way', 'invited'],
  delivered: ['way', 'delivered'],
  sent: ['way', 'delivered'],
  active: ['done', 'tick'],
  expired: ['late', 'expired'],
  locked: ['late', 'locked'],
  deactivated: ['wait', 'cross'],
  bounced: ['stop', 'bounced'],
  softBounced: ['late', 'bounced'],
  complained: ['stop', 'bounced'],
  failed: ['stop', 'failed'],
  dead: ['stop', 'failed'],
  withheld: ['late', 'held'],
  cancelled: ['wait', 'cross'],
  superseded: ['wait', 'cross'],
  opened: ['way', 'info'],
  codeTried: ['way', 'key'],
  proofTried: ['way', 'key'],
  passwordShown: ['way', 'key'],
  passwordSet: ['done', 'tick'],
  signedIn: ['done', 'tick'],
  created: ['wait', 'plus'],
};

/** Tone and icon of a state. */
export function lookOf(state: string): readonly [Tone, IconName] {
  return looks[state] ?? ['wait', 'info'];
}

/** A state of a person or a message: colour, icon and word. */
export function stateOf(visit: Visit, state: string): Html {
  const [tone, name] = lookOf(state);
  const key = `states.${state}`;
  return stateChip(tone, name, visit.knows(key) ? visit.t(key) : state);
}
