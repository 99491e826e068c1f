import { atOnce, type Steps } from './cooperative.ts';

/** Brackets and texts that are looked at between two turns of the event loop. */
const stride = 10_000;

/**
 * The first name that an object of a JSON text has twice: `JSON.parse` keeps the last value and drops the others in
 * silence.
 * @param text valid JSON
 */
export function duplicateName(text: string): string | undefined {
  return atOnce(duplicateNameSteps(text));
}

/** The same, interruptible where the text is long. */
export function* duplicateNameSteps(text: string): Steps<string | undefined> {
  const open: (Set<string> | undefined)[] = [];
  const next = /[[\]{}"]/g;
  let looked = 0;
  for (let found = next.exec(text); found !== null; found = next.exec(text)) {
    if ((looked += 1) % stride === 0) yield;
    const [mark] = found;
    if (mark === '{') open.push(new Set());
    else if (mark === '[') open.push(undefined);
    else if (mark !== '"') open.pop();
    else {
      const end = endOfText(text, found.index);
      next.lastIndex = end;
      const names = open.at(-1);
      if (names === undefined || !isName(text, end)) continue;
      const name = JSON.parse(text.slice(found.index, end)) as string;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}

/** The place after the quote that ends the text beginning at `start`. */
function endOfText(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (text[before - 1] === '\\') before -= 1;
    if ((quote - before) % 2 === 0) return quote + 1;
  }
  return text.length;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (/[ \t\n\r]/.test(text.charAt(at))) at += 1;
  return text[at] === ':';
}
