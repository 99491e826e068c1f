import { closest, distance } from 'fastest-levenshtein';

/** Names further apart than this share of their length are taken for different words. */
const furthest = 0.4;

/**
 * The known name that an unknown one was probably meant to be.
 * @param name as it was written
 * @param known all names there are
 * @returns undefined where none is near
 */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name.length > 200) return undefined;
  const wanted = name.toLowerCase();
  const byFolded = new Map(known.map((one) => [one.toLowerCase(), one]));
  const nearest = closest(wanted, [...byFolded.keys()]);
  const isNear =
    distance(wanted, nearest) <= Math.max(1, Math.floor(Math.max(wanted.length, nearest.length) * furthest));
  return isNear ? byFolded.get(nearest) : undefined;
}

/** Whether two names are at most so many typing errors apart: letters too many, missing, or others. */
export function withinTypos(one: string, other: string, most: number): boolean {
  return Math.abs(one.length - other.length) <= most && distance(one, other) <= most;
}
