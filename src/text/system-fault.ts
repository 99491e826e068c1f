/** What the operating system's codes mean for an operator, and what to do. */
const sentences: Readonly<Record<string, string>> = {
  EACCES: 'this user may not use it: give the user that Latchkey runs as the right to read and write it',
  EPERM: 'this user may not use it: give the user that Latchkey runs as the right to read and write it',
  EROFS: 'it is on a file system that is mounted read-only: choose a folder that can be written to',
  ENOTDIR: 'a part of the path is a file and not a folder: choose another path',
  EISDIR: 'it is a folder and not a file: name a file',
  EEXIST: 'a file of that name is there already: choose another path',
  ENOENT: 'there is no such file or folder: check the path',
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: "the user's disk quota is used up: free some space",
  EMFILE: 'the process has too many files open: raise its limit (ulimit -n)',
  EADDRINUSE: 'another program already uses it: stop that program, or choose another port',
  EADDRNOTAVAIL: 'this machine has no such address: check HOST',
  ECONNREFUSED: 'the connection was refused: check host and port, and that the server runs',
  ENOTFOUND: 'the name of the host is not known: check it for a typo, and the DNS',
  EAI_AGAIN: 'the name of the host cannot be looked up now: check the DNS',
  ETIMEDOUT: 'there was no answer in time: check host, port and firewall',
  ECONNRESET: 'the server closed the connection: check the port, and whether the server expects TLS',
};

/**
 * Says for an operator why something outside the program cannot be used.
 * @param cause an error of Node, with a `code`
 * @returns the code and a sentence with what to do, such as `EACCES: this user may not use it …`; the message of any
 *   other error
 */
export function systemFault(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  const sentence = code === undefined ? undefined : sentences[code];
  return sentence === undefined ? cause.message : `${code}: ${sentence}`;
}
