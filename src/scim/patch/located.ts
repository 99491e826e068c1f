import type { Steps } from '../../base/cooperative.ts';
import { ScimError } from '../model/scim-error.ts';

/** Runs an operation's steps; what they throw names it. */
export function* locatedSteps<T>(index: number, steps: Steps<T>): Steps<T> {
  try {
    return yield* steps;
  } catch (error) {
    throw error instanceof ScimError ? error.at(index) : error;
  }
}

/** Runs a step; what it throws names the operation. */
export function located<T>(index: number, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof ScimError ? error.at(index) : error;
  }
}
