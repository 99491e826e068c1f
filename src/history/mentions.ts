import { type ChainEntry, type Facts, readPart } from './chain-entry.ts';

/** Of shorter values too much would be erased that means something else. */
const shortest = 4;

/**
 * Whether an event is about a person, was brought about by them, or repeats one of their values, in any letter case.
 * @param person the id of the user
 * @param values addresses, names and the like; those of fewer than four characters are passed over
 */
export function mentions(entry: ChainEntry, person: string, values: readonly string[]): boolean {
  const facts = readPart<Facts>(entry.facts);
  const [actorId, targetId] = [facts?.[4], facts?.[8]];
  if (actorId === person || targetId === person) return true;
  const wanted = values.filter((value) => value.length >= shortest).map(asWritten);
  return [entry.actor, entry.subject].some((part) => {
    if ('digest' in part) return false;
    const text = part.text.toLowerCase();
    return wanted.some((value) => text.includes(value));
  });
}

/** A value as it is written within the JSON of a part. */
function asWritten(value: string): string {
  return JSON.stringify(value).slice(1, -1).toLowerCase();
}
