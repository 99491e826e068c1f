import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { lazily } from '../../base/lazily.ts';

// The work of zxcvbn grows steeply with length and with the letters that digits can replace; within these bounds one
// check takes about ten milliseconds, and text after the fortieth character can only make a password stronger.
const bounds = { maxLength: 40, l33tMaxSubstitutions: 4 };

// The passwords most often used are what a blocklist needs; dictionaries of words would take 48 MB more to rank what
// is accepted anyway.
const dictionaries = { 'passwords-common': dictionary['passwords-common'] };

/**
 * Reads the dictionary, a tenth of a second's work: best done before the first password comes, or that holds up other
 * requests.
 */
export const readDictionary = lazily(() => {
  const factory = new ZxcvbnFactory({ dictionary: dictionaries, graphs: adjacencyGraphs, ...bounds });
  factory.check('what is compiled on first use');
  return factory;
});

/**
 * Looks for common passwords, repeats, sequences and keyboard walks.
 * @returns `common` when a blocklisted password is at the bottom of it, `guessable` when another pattern is, `fine`
 *   when some
 *   million guesses would not find it
 */
export function judgePassword(password: string): 'fine' | 'common' | 'guessable' {
  if (collapsed(password).length < 4) return 'guessable';
  const { score, sequence } = readDictionary().check(password);
  if (score >= 2) return 'fine';
  return sequence.some((match) => match.pattern === 'dictionary') ? 'common' : 'guessable';
}

/** The least number of distinct characters: three are not enough, whatever the length. */
function collapsed(password: string): string {
  return [...new Set(password)].join('');
}
