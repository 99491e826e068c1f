import { compactFold } from './password-forms.ts';

/** A word must be this long, its repetitions this much of the letters, and all without them shorter than that. */
const shortest = 3;
const leastShare = 0.8;
const enough = 12;

/**
 * Whether a password is a word written again and again, with digits and signs between and after: `liebeliebeliebe1`.
 * Longer than its parts, it is no harder to guess.
 * @param password of at most 256 code points: the work grows with the length
 */
export function isRepeatedWord(password: string): boolean {
  const letters = [...compactFold(password)].filter((sign) => /\p{L}/u.test(sign)).join('');
  const longest = Math.min(enough - 1, Math.floor(letters.length / 2));
  for (let length = longest; length >= shortest; length -= 1)
    for (let start = 0; start < Math.min(enough, letters.length - 2 * length + 1); start += 1) {
      const word = letters.slice(start, start + length);
      const times = letters.split(word).length - 1;
      const rest = letters.length - (times - 1) * length;
      if (times >= 2 && times * length >= leastShare * letters.length && rest < enough) return true;
    }
  return false;
}
