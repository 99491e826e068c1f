import type { Command } from 'commander';
import { didYouMean } from '../text/did-you-mean.ts';
import { calledAs } from './called-as.ts';
import { linesFrom } from './read-input.ts';

/** How commander refuses a value that is not among the choices of an option or an argument. */
const notAmongChoices =
  /^(?:option '[^']*?(--[\w-]+)[^']*' argument|command-argument value) '(.*)' is invalid(?: for argument '(.+?)')?\. Allowed choices are (.+)\.$/s;

/** More choices than this are not listed where one of them is near. */
const manyChoices = 12;

/**
 * Makes a program tell what is wrong with a command line as everything else is told: one sentence that begins with
 * `latchkey: `, the nearest word, and where the help is. Commands that are added later inherit it.
 */
export function speakPlainly(program: Command): void {
  program.configureOutput({ outputError: (text, write) => write(`latchkey: ${sentenceOf(text)}\n`) });
}

/** Adds to each command of a program, and theirs, where its help is found after an error. */
export function pointToHelp(command: Command, path: readonly string[] = []): void {
  if (path.length > 0) command.showHelpAfterError(`See: ${[calledAs(), ...path].join(' ')} --help`);
  for (const one of command.commands) pointToHelp(one, [...path, one.name()]);
}

/**
 * The sentence of an error of commander.
 * @param text such as `error: unknown command 'lits'\n(Did you mean list?)`
 */
export function sentenceOf(text: string): string {
  const said = text.trim().replace(/^error: /, '');
  const wrong = notAmongChoices.exec(said);
  if (wrong === null) return said.replace(/\s*\n\(Did you mean (.+)\?\)$/s, ': did you mean $1?');
  const [, option, value = '', argument = '', list = ''] = wrong;
  const choices = list.split(', ');
  const meant = didYouMean(value, choices);
  const hint = meant === undefined ? '' : `: did you mean ${meant}?`;
  const refused = `${option ?? `<${argument}>`} does not take '${linesFrom(value)}'${hint}`;
  return meant !== undefined && choices.length > manyChoices
    ? refused
    : `${refused}${meant === undefined ? '.' : ''} It takes ${choices.join(', ')}.`;
}
