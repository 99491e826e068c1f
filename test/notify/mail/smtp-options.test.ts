import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { senderDomain } from '../../../src/notify/mail/sender-domain.ts';
import { smtpOptions, SmtpOptionsError } from '../../../src/notify/mail/smtp-options.ts';
import { cleanReply } from '../../../src/notify/delivery/clean-reply.ts';

describe('smtpOptions', () => {
  it('reads a URL with credentials, port and nested options', () => {
    expect(
      smtpOptions(
        'smtps://user%40x:p%3Ass@mail.example:465?tls.rejectUnauthorized=false&maxConnections=2&auth.type=OAuth2&name=keys',
      ),
    ).to.deep.include({
      host: 'mail.example',
      port: 465,
      secure: true,
      pool: true,
      maxConnections: 2,
      name: 'keys',
      tls: { rejectUnauthorized: false },
      auth: { user: 'user@x', pass: 'p:ss', type: 'OAuth2' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    expect(smtpOptions('smtp://[::1]:2525')).to.include({ host: '::1', port: 2525, secure: false });
  });

  it('reads a DKIM key from its file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'dkim-')), 'key.pem');
    writeFileSync(file, 'PEM');
    expect(
      smtpOptions(`smtp://x?dkim.domainName=x.example&dkim.keySelector=s1&dkim.privateKeyFile=${file}`),
    ).to.deep.include({
      dkim: { domainName: 'x.example', keySelector: 's1', privateKeyFile: file, privateKey: 'PEM' },
    });
  });

  it('reads the same as a JSON object, and cannot be talked into opening files', () => {
    expect(smtpOptions('{"host":"mail.example","port":587,"disableFileAccess":false}')).to.include({
      host: 'mail.example',
      port: 587,
      pool: true,
      disableFileAccess: true,
    });
  });

  it('refuses what is neither, without repeating it', () => {
    for (const text of [
      '',
      'mail.example',
      'http://u:secret@x',
      '{"host":secret',
      'smtp://x?dkim.privateKeyFile=/nowhere/secret',
    ]) {
      expect(() => smtpOptions(text), text)
        .to.throw(SmtpOptionsError)
        .with.property('message')
        .not.match(/secret/);
    }
    expect(smtpOptions('smtp://x?__proto__.polluted=1')).not.to.have.property('polluted');
  });
});

describe('addresses', () => {
  it("finds the sender's domain", () => {
    expect(
      ['Latchkey <keys@Mail.Example>', 'keys@bücher.example', 'nobody', '"a@b" <x@y.example>'].map(senderDomain),
    ).to.eql(['mail.example', 'xn--bcher-kva.example', 'localhost', 'y.example']);
  });

  it("takes addresses and line breaks out of a server's answer", () => {
    expect(
      cleanReply('550-5.1.1 <ines@x.example>: unknown\r\n550 5.1.1 ask help@x.example.', { secrets: [] }),
    ).to.equal('550-5.1.1 <…>: unknown ask …');
    expect(cleanReply(`250 ${'word '.repeat(900)}`, { secrets: [] })).to.have.lengthOf(300);
  });
});
