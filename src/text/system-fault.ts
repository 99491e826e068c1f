const notTls = 'the server does not speak TLS on this port: check the port, or connect without TLS';
const oldTls = 'the server speaks a version of TLS that is too old: it must take TLS 1.2 or later';
const untrusted =
  "the server's certificate is signed by an authority that this machine does not know: name that authority's "
  + 'certificate in NODE_EXTRA_CA_CERTS';

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
  SQLITE_FULL: 'the disk is full: free some space',
  SQLITE_CANTOPEN: 'the file cannot be opened: its folder must exist, and this user must be able to write there',
  SQLITE_READONLY: 'the file cannot be written to: give the user that Latchkey runs as the right to write it',
  SQLITE_NOTADB: 'the file is not a database of SQLite: check the path, or put a backup in its place',
  SQLITE_CORRUPT: 'the file is damaged: stop Latchkey and put a backup in its place',
  SQLITE_IOERR: 'the disk cannot be read or written: look at the log of the operating system',
  EDQUOT: "the user's disk quota is used up: free some space",
  EFBIG: 'the file would be larger than this user may write: raise the limit (ulimit -f)',
  EMFILE: 'the process has too many files open: raise its limit (ulimit -n)',
  EADDRINUSE: 'another program already uses it: stop that program, or choose another port',
  EADDRNOTAVAIL: 'this machine has no such address: check HOST',
  ECONNREFUSED: 'the connection was refused: check host and port, and that the server runs',
  ENOTFOUND: 'the name of the host is not known: check it for a typo, and the DNS',
  EAI_AGAIN: 'the name of the host cannot be looked up now: check the DNS',
  ETIMEDOUT: 'there was no answer in time: check host, port and firewall',
  ECONNRESET: 'the server closed the connection: check the port, and whether the server expects TLS',
  EPIPE: 'the server closed the connection: check the port, and whether the server expects TLS',
  EHOSTUNREACH: 'no way leads to this host: check the network and the firewall',
  ENETUNREACH: 'no way leads to this network: check the network and the firewall',
  EPROTO: notTls,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  ERR_SSL_UNSUPPORTED_PROTOCOL: oldTls,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: oldTls,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the server refuses our TLS: it may want a certificate of ours, or other ciphers',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the server wants a certificate of ours, and none is set',
  CERT_HAS_EXPIRED: "the server's certificate has run out: renew it there",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet: check the clocks of both machines",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the server's certificate is for another host name: use that name, or renew the certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
};

/** How OpenSSL and drivers say in their messages what has a code elsewhere. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/wrong version number|packet length too long/, 'ERR_SSL_WRONG_VERSION_NUMBER'],
  [/alert protocol version|unsupported protocol/, 'ERR_SSL_UNSUPPORTED_PROTOCOL'],
  [/alert handshake failure/, 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'],
  [/certificate has expired/, 'CERT_HAS_EXPIRED'],
  [/certificate is not yet valid/, 'CERT_NOT_YET_VALID'],
  [/does not match certificate's altnames/, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/self[- ]signed certificate in certificate chain/, 'SELF_SIGNED_CERT_IN_CHAIN'],
  [/self[- ]signed certificate/, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/unable to verify the first certificate/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/unable to get local issuer certificate/, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  [/database or disk is full/, 'SQLITE_FULL'],
  [/unable to open (?:connection to local )?database/i, 'SQLITE_CANTOPEN'],
  [/attempt to write a readonly database/, 'SQLITE_READONLY'],
  [/file is not a database/, 'SQLITE_NOTADB'],
  [/database disk image is malformed/, 'SQLITE_CORRUPT'],
  [/disk I\/O error/, 'SQLITE_IOERR'],
  [/connection \S+ to \S+ closed|socket hang up/, 'ECONNRESET'],
];

/** How deep causes are looked into. */
const deepest = 5;

/**
 * Says for an operator why something outside the program cannot be used.
 * @param cause an error of Node with a `code`, or of a library that has such an error as its cause or in its message
 * @returns the code and a sentence with what to do, such as `EACCES: this user may not use it …`; the message of any
 *   other error
 */
export function systemFault(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = codeOf(cause);
  return code === undefined ? cause.message : `${code}: ${sentences[code]}`;
}

function codeOf(error: Error, depth = 0): string | undefined {
  if ('code' in error && typeof error.code === 'string' && Object.hasOwn(sentences, error.code)) return error.code;
  if (error.cause instanceof Error && depth < deepest) {
    const inner = codeOf(error.cause, depth + 1);
    if (inner !== undefined) return inner;
  }
  const named = (error.message.match(/\bE[A-Z]{3,}(?:_[A-Z]+)*\b/g) ?? []).find((one) => Object.hasOwn(sentences, one));
  return named ?? phrases.find(([phrase]) => phrase.test(error.message))?.[1];
}
