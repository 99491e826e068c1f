import { expect } from 'chai';
import { smtpFailure } from '../../../src/notify/mail/smtp-result.ts';

describe('smtpFailure', () => {
  const failed = (command: string, response: string, code = 'EMESSAGE'): string => {
    const responseCode = Number(/^\d+/.exec(response)?.[0]);
    return smtpFailure(
      Object.assign(new Error('refused'), {
        code: command === 'RCPT TO' ? 'EENVELOPE' : code,
        command,
        response,
        ...(Number.isNaN(responseCode) ? {} : { responseCode }),
      }),
      'message',
    ).outcome;
  };

  it('takes what is said of the session for no refusal of the message', () => {
    for (const response of [
      '500 5.5.2 unrecognized command',
      '502 5.5.1 not implemented',
      '503 5.5.1 Error: need RCPT command',
      '504 5.5.4 parameter not implemented',
      '554 5.5.1 error: no',
      '554-5.5.1 error: no valid recipients',
    ])
      expect(failed('DATA', response), response).to.equal('temporary');
    for (const response of ['500 5.5.2 Error: bad syntax', '502 5.5.1 command not implemented'])
      expect(failed('RCPT TO', response), response).to.equal('temporary');
  });

  it('does not take for a refusal what is not a reply of SMTP', () => {
    for (const command of ['RCPT TO', 'DATA']) expect(failed(command, 'ÿþ garbage'), command).to.equal('temporary');
  });

  it('knows a refusal of the message or of its reader', () => {
    expect(failed('DATA', '554 5.7.1 Message rejected as spam')).to.equal('permanent');
    expect(failed('DATA', '554 5.6.0 Message malformed')).to.equal('permanent');
    expect(failed('RCPT TO', '550 5.1.1 No such user here')).to.equal('permanent');
    expect(failed('RCPT TO', '550 5.5.0 Requested action not taken: mailbox unavailable')).to.equal('permanent');
    expect(smtpFailure(Object.assign(new Error('refused'), { code: 'EENVELOPE' }), 'message').outcome).to.equal(
      'permanent',
    );
  });
});
