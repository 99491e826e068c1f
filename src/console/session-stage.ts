import { hasSecondFactor, needsSecondFactor } from '../administrators/administrator.ts';
import type { SignedIn } from '../administrators/console-access.ts';

/** How far a sign-in has come: all the way, to its second factor, or to setting one up. */
export type Stage = 'full' | 'factor' | 'enrol';

/** The page of each stage. */
export const pathOfStage: Readonly<Record<Stage, string>> = {
  full: '/',
  factor: '/sign-in/second',
  enrol: '/sign-in/enrol',
};

/** How far a session may come now: a role that needs a second factor waits until there is one. */
export function dueStage({ administrator, session }: SignedIn): Stage {
  if (session.stage !== 'full') return session.stage;
  const isOidc = session.methods.includes('oidc');
  return needsSecondFactor(administrator) && !hasSecondFactor(administrator) && !isOidc ? 'enrol' : 'full';
}

/** How long a proof counts as fresh, in milliseconds. */
const freshMs = 10 * 60_000;

/** Whether a person proved who they are a short while ago. */
export function isFresh({ session }: SignedIn, now: Date): boolean {
  return now.getTime() - Date.parse(session.provenAt) <= freshMs;
}
