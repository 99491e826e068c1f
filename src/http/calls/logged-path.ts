/**
 * The path of a URL as the log tells it: a part that no address of ours has, such as a mail address in the place of an
 * id, is left out. The log names nobody, for what is in it cannot be erased.
 */
export function loggedPath(path: string): string {
  return path
    .split('/')
    .map((part) => (/^[\w.:-]{0,80}$/.test(part) ? part : '…'))
    .join('/');
}

/** The path of a PATCH operation (RFC 7644 §3.5.2) without the values that it compares with. */
export function loggedAttributePath(path: string): string {
  return path.replaceAll(/"(?:[^"\\]|\\.)*"?/g, '"…"');
}

/** Characters from which a word may be a token: none of Latchkey's is shorter. */
const shortestToken = 32;

/** What is as long as a token and is none: ids of ours, URNs of schemas. */
const id = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/i;

/** Whether a word is an id as ours are, alone or with what follows it in the id of a message. */
export function isId(word: string): boolean {
  return id.test(word);
}

const hidden = '***';

/** Hides the parts of a path that may be a token which was put there in place of the header. */
export function hideLongWords(path: string): string {
  return path.split('/').map(hideLong).join('/');
}

/** The same for the values of a query, and the words of its filter. */
export function hideLongValues(query: string): string {
  const parameters = [...new URLSearchParams(query)];
  const shown = parameters.map(([name, value]): [string, string] => [
    hideLong(name),
    value.replaceAll(/[^\s,"()]+/g, hideLong),
  ]);
  if (shown.every(([name, value], index) => name === parameters[index]![0] && value === parameters[index]![1]))
    return query;
  return new URLSearchParams(shown).toString().replaceAll('%2A%2A%2A', hidden);
}

function hideLong(word: string): string {
  return word.length < shortestToken || isId(word) || /^urn:/i.test(word) ? word : hidden;
}
