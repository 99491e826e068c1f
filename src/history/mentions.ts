import type { Traces } from '../text/traces.ts';
import { type ChainEntry, type Facts, readPart } from './chain-entry.ts';

/**
 * Whether an event is about a person, was brought about by them, or repeats one of their values, in any letter case.
 * @param person the id of the user
 * @param traces their values: addresses, names and the like
 */
export function mentions(entry: ChainEntry, person: string, traces: Traces): boolean {
  const facts = readPart<Facts>(entry.facts);
  const [actorId, targetId] = [facts?.[4], facts?.[8]];
  if (actorId === person || targetId === person) return true;
  return [entry.actor, entry.subject].some((part) => !('digest' in part) && traces.isIn(part.text));
}
