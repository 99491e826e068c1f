import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';

// Zxcvbn's work grows steeply with length and with the letters that digits can stand for; within these bounds one look takes some
// ten milliseconds, and what follows the fortieth character could only make a password better.
const bounds = { maxLength: 40, l33tMaxSubstitutions: 4 };

let factory: ZxcvbnFactory | undefined;

/** Reads the dictionaries, a fifth of a second's work, when first needed: a process that serves no pages never does. */
function zxcvbn(): ZxcvbnFactory {
  factory ??= new ZxcvbnFactory({ dictionary: { ...common, ...english }, graphs: adjacencyGraphs, ...bounds });
  return factory;
}

/**
 * Looks for common passwords, words, repeats, sequences and keyboard walks.
 * @returns `common` when a blocklisted password is at the bottom of it, `guessable` when another pattern is, `fine` when some
 *   million guesses would not find it
 */
export function judgePassword(password: string): 'fine' | 'common' | 'guessable' {
  if (collapsed(password).length < 4) return 'guessable';
  const { score, sequence } = zxcvbn().check(password);
  if (score >= 2) return 'fine';
  return sequence.some((match) => match.pattern === 'dictionary') ? 'common' : 'guessable';
}

/** The distinct characters: a password of three of them is no password, whatever its length. */
function collapsed(password: string): string {
  return [...new Set(password)].join('');
}
