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
