/** A run of at least five digits, as numbers are written. */
const digitRuns = /\d(?:[()+]*\d){4,}/g;

/**
 * What remains of a password once words and numbers are taken out of it; the password itself when none is in it.
 * @param form of the password, see `passwordForms`
 * @param words in the same form, the longest first
 * @param numbers digits alone
 */
export function unrelatedPart(form: string, words: readonly string[], numbers: readonly string[] = []): string {
  let rest = form;
  for (const word of words) if (rest.includes(word)) rest = rest.replaceAll(word, '');
  if (numbers.length === 0) return rest;
  return rest.replace(digitRuns, (run) => {
    const digits = run.replace(/\D/g, '').replace(/^0+/, '');
    const known = digits.length >= 5 && numbers.some((number) => number.includes(digits) || digits.includes(number));
    return known ? '' : run;
  });
}

/** What must remain, in characters, and in different ones: a year after a name makes no password of it. */
const leastCharacters = 8;
const leastDifferent = 5;

/** Whether the remaining text is enough for a password that cannot be guessed from known facts. */
export function isSubstantial(rest: string): boolean {
  const characters = [...rest];
  return characters.length >= leastCharacters && new Set(characters).size >= leastDifferent;
}
