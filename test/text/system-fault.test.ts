import { expect } from 'chai';
import { systemFault } from '../../src/text/system-fault.ts';

const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('faults of the system, in words', () => {
  for (const [name, cause, told] of [
    ['a code', coded('EACCES'), /^EACCES: this user may not use it/],
    ['a code of TLS', coded('CERT_HAS_EXPIRED'), /^CERT_HAS_EXPIRED: .*has run out/],
    ['a self-signed certificate', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), /NODE_EXTRA_CA_CERTS/],
    [
      'a code within the message of a mail library',
      coded('ESOCKET', 'connect ECONNREFUSED 127.0.0.1:1'),
      /^ECONNREFUSED: /,
    ],
    [
      'a name that is not known',
      coded('EDNS', 'getaddrinfo ENOTFOUND mail.invalid'),
      /^ENOTFOUND: the name of the host/,
    ],
    [
      'plain text where TLS is expected',
      coded('ESOCKET', '80AC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../x.c:350:'),
      /does not speak TLS on this port/,
    ],
    [
      'a cause within a cause',
      new Error('outer', { cause: new Error('inner', { cause: coded('ETIMEDOUT') }) }),
      /^ETIMEDOUT/,
    ],
    ['a code of SQLite', coded('SQLITE_FULL', 'database or disk is full'), /^SQLITE_FULL: the disk is full/],
    [
      'a message of SQLite without its code',
      new Error('ConnectionFailed("Unable to open connection to local database /x/latchkey.db: 14")'),
      /^SQLITE_CANTOPEN: the file cannot be opened/,
    ],
    ['a driver whose server has gone', new Error('connection 1 to 127.0.0.1:27017 closed'), /^ECONNRESET/],
  ] as const) {
    it(`are told by ${name}`, () => {
      expect(systemFault(cause)).to.match(told);
    });
  }

  it('are left as they are where nothing is known of them', () => {
    expect(systemFault(new Error('Authentication failed.'))).to.equal('Authentication failed.');
    expect(systemFault(coded('EAUTH', 'Invalid login: 535 5.7.8 Error'))).to.equal('Invalid login: 535 5.7.8 Error');
    expect(systemFault('text')).to.equal('text');
  });
});
