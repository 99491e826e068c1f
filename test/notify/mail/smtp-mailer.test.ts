import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import PostalMime from 'postal-mime';
import { cleanReply } from '../../../src/notify/delivery/clean-reply.ts';
import type { Mailer } from '../../../src/notify/mail/mailer.ts';
import type { Mail } from '../../../src/notify/words/mail.ts';
import { createSmtpMailer } from '../../../src/notify/mail/smtp-mailer.ts';
import { smtpOptions } from '../../../src/notify/mail/smtp-options.ts';
import { startRecordingSmtp, type RecordingSmtp, type SmtpScript } from '../../support/recording-smtp.ts';

const from = 'Schlüssel <keys@mail.example>';
const mail: Mail = {
  tenant: 'default',
  from,
  to: 'ines@entra.example',
  subject: 'Setze dein Passwort – los',
  text: 'Größe\nhttps://keys.example/set-password?token=abc\n',
  html: '<p>Größe</p>',
  messageId: '<e1.invitation@mail.example>',
  locale: 'de',
  headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': 'de' },
};

describe('the SMTP mailer', () => {
  let smtp: RecordingSmtp;
  let mailer: Mailer;

  async function set(script: SmtpScript, query = ''): Promise<void> {
    smtp = await startRecordingSmtp(script);
    mailer = createSmtpMailer(
      smtpOptions(`${smtp.url}?connectionTimeout=500&greetingTimeout=500&socketTimeout=500${query}`),
    );
  }

  afterEach(async () => {
    await mailer.close();
    await smtp.close();
  });

  it('gives each mail an envelope sender of its own where bounces have an address', async () => {
    await set({});
    await mailer.close();
    mailer = createSmtpMailer(smtpOptions(smtp.url), 'bounces@mail.example');
    expect(await mailer.send({ ...mail, messageId: '<e1.invitationCode@mail.example>' })).to.include({
      outcome: 'accepted',
    });
    const [message] = smtp.messages;
    expect(message).to.deep.include({ from: 'bounces+e1.invitation-code@mail.example', to: ['ines@entra.example'] });
    expect((await PostalMime.parse(message?.raw ?? '')).from).to.deep.include({ address: 'keys@mail.example' });
  });

  it('hands over a mail that reads back as it was written', async () => {
    await set({});
    expect(await mailer.send(mail)).to.include({ outcome: 'accepted' });
    const [message] = smtp.messages;
    expect(message).to.deep.include({ from: 'keys@mail.example', to: ['ines@entra.example'] });
    const parsed = await PostalMime.parse(message?.raw ?? '');
    expect(parsed).to.include({ subject: mail.subject, messageId: mail.messageId });
    expect(parsed.from).to.deep.include({ name: 'Schlüssel', address: 'keys@mail.example' });
    expect(parsed.to?.map(({ address }) => address)).to.eql(['ines@entra.example']);
    expect(parsed.text?.trim()).to.equal(mail.text.trim());
    expect(parsed.html?.trim()).to.equal(mail.html);
    const headers = new Map(parsed.headers.map(({ key, value }) => [key, value]));
    expect(headers.get('auto-submitted')).to.equal('auto-generated');
    expect(headers.get('content-language')).to.equal('de');
    expect(headers.get('content-type')).to.match(/^multipart\/alternative/);
    expect([...headers.keys()].filter((name) => name.startsWith('list-'))).to.eql([]);
  });

  it('sends the same Message-ID each time and keeps one connection', async () => {
    await set({});
    await mailer.send(mail);
    await mailer.send(mail);
    expect(smtp.messages.map(({ raw }) => /^Message-ID: (.*)\r$/im.exec(raw)?.[1])).to.eql([
      mail.messageId,
      mail.messageId,
    ]);
    expect(smtp.commands.filter((line) => line.startsWith('EHLO'))).to.have.lengthOf(1);
  });

  it('writes an internationalised domain in ASCII', async () => {
    await set({});
    await mailer.send({ ...mail, to: 'ines@bücher.example' });
    expect(smtp.commands).to.include('RCPT TO:<ines@xn--bcher-kva.example>');
  });

  it('writes letters beyond ASCII before the @ to a server that knows SMTPUTF8, to no other', async () => {
    await set({});
    expect(await mailer.send({ ...mail, to: 'jürgen@bücher.example' })).to.include({ outcome: 'accepted' });
    expect(smtp.messages[0]?.to).to.deep.equal(['jürgen@bücher.example']);
    expect(smtp.commands.some((line) => /^MAIL FROM:.* SMTPUTF8/.test(line))).to.equal(true);
    await mailer.close();
    await smtp.close();
    await set({ asciiOnly: true });
    const refused = await mailer.send({ ...mail, to: 'jürgen@entra.example' });
    expect(refused).to.include({ outcome: 'permanent' });
    expect(refused.reply).to.match(/letters beyond ASCII.*SMTPUTF8.*RFC 6531/);
    expect(smtp.commands.filter((line) => /^(?:MAIL|RCPT)/.test(line))).to.deep.equal([]);
    expect(await mailer.send(mail), 'and the next is sent').to.include({ outcome: 'accepted' });
    const gone = createSmtpMailer(smtpOptions('smtp://127.0.0.1:1'));
    expect(await gone.send({ ...mail, to: 'jürgen@entra.example' })).to.include({ outcome: 'channelDown' });
    await gone.close();
  });

  it('lets nothing into the header or the envelope', async () => {
    await set({});
    for (const to of [
      'a@x.example\r\nBcc: b@x.example',
      'a@x.example, b@x.example',
      'a@x.example>,<b@x.example',
      '"a b"@x.example',
      'a',
      '',
      'a@',
      '@x',
      'a@b@c',
    ]) {
      expect(await mailer.send({ ...mail, to }), to).to.eql({
        outcome: 'permanent',
        reply: 'The address is not a mail address.',
      });
    }
    await mailer.send({
      ...mail,
      subject: 'Hello\r\nBcc: victim@x.example\r\n\r\nbody',
      headers: { 'X-Note': 'a\r\nBcc: victim@x.example' },
    });
    const { headers } = await PostalMime.parse(smtp.messages[0]?.raw ?? '');
    expect(headers.some(({ key }) => key === 'bcc')).to.equal(false);
    expect(smtp.messages.flatMap(({ to }) => to)).to.eql(['ines@entra.example']);
  });

  const tables: readonly [string, SmtpScript, string, RegExp][] = [
    ['a 421 greeting', { greeting: () => ({ code: 421, text: '4.3.2 closing' }) }, 'channelDown', /^421/],
    ['a 554 greeting', { greeting: () => ({ code: 554, text: 'no service' }) }, 'channelDown', /^554/],
    ['hanging up before the greeting', { greeting: () => 'hangUp' }, 'channelDown', /connection/],
    [
      'a sender refused for ever',
      { mailFrom: () => ({ code: 550, text: '5.7.1 sender rejected' }) },
      'channelDown',
      /^550/,
    ],
    ['a sender refused for now', { mailFrom: () => ({ code: 451, text: '4.3.0 later' }) }, 'temporary', /^451/],
    ['missing authentication', { requireAuth: true }, 'channelDown', /^530/],
    [
      'authentication asked for at the recipient',
      { rcptTo: () => ({ code: 530, text: '5.7.0 log in' }) },
      'channelDown',
      /^530/,
    ],
    [
      'an unknown recipient',
      { rcptTo: (to) => ({ code: 550, text: `5.1.1 <${to}> unknown, ask postmaster@entra.example` }) },
      'permanent',
      /^550 5\.1\.1 <…> unknown, ask …$/,
    ],
    ['a full mailbox', { rcptTo: () => ({ code: 452, text: '4.2.2 full' }) }, 'temporary', /^452/],
    ['hanging up at the recipient', { rcptTo: () => 'hangUp' }, 'temporary', /connection/],
    ['hanging up at the content', { data: () => 'hangUp' }, 'temporary', /connection/],
    ['hanging up after the content', { afterData: () => 'hangUp' }, 'temporary', /connection/],
    ['content refused for ever', { afterData: () => ({ code: 554, text: '5.6.0 no' }) }, 'permanent', /^554/],
    ['content refused for now', { afterData: () => ({ code: 451, text: '4.3.0 later' }) }, 'temporary', /^451/],
    ['a server limited by the minute', { perMinute: 0 }, 'throttled', /^451 4\.7\.0/],
    [
      'a server that takes no more from us',
      { mailFrom: () => ({ code: 450, text: '4.7.1 Rate limit exceeded' }) },
      'throttled',
      /^450/,
    ],
    [
      'a recipient who gets too much',
      { rcptTo: () => ({ code: 450, text: '4.2.1 receiving mail at a rate that prevents more' }) },
      'temporary',
      /^450/,
    ],
    [
      'greylisting',
      { rcptTo: () => ({ code: 451, text: '4.7.1 Greylisted, rate of new senders limited' }) },
      'temporary',
      /^451/,
    ],
    ['an answer that never comes', { acceptMs: 2000 }, 'temporary', /in time/],
  ];
  for (const [what, script, outcome, reply] of tables) {
    it(`takes ${what} as ${outcome}`, async () => {
      await set(script);
      const result = await mailer.send(mail);
      expect(result.outcome).to.equal(outcome);
      expect(cleanReply(result.reply, { secrets: [] }))
        .to.match(reply)
        .and.not.include('@');
    });
  }

  it('takes wrong credentials as channelDown, and right ones as they should be', async () => {
    await set({ requireAuth: true });
    const as = (password: string) => createSmtpMailer(smtpOptions(smtp.url.replace('//', `//latchkey:${password}@`)));
    const wrong = as('wrong');
    expect(await wrong.send(mail)).to.deep.include({ outcome: 'channelDown' });
    await wrong.close();
    const right = as('right');
    expect(await right.send(mail)).to.include({ outcome: 'accepted' });
    await right.close();
  });

  it('takes a refused connection, an unknown name, silence and missing TLS as channelDown', async () => {
    await set({}, '&requireTLS=true');
    expect(await mailer.send(mail)).to.include({ outcome: 'channelDown' });
    const silent = createServer();
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const { port } = silent.address() as AddressInfo;
    for (const url of [
      'smtp://127.0.0.1:1',
      'smtp://no-such-host.invalid',
      `smtp://127.0.0.1:${port}?greetingTimeout=100`,
      `smtps://127.0.0.1:${smtp.port}?connectionTimeout=500`,
    ]) {
      const other = createSmtpMailer(smtpOptions(url));
      expect(await other.send(mail), url).to.include({ outcome: 'channelDown' });
      await other.close();
    }
    silent.close();
  });

  it('goes on over a new connection after the server closed a kept one', async () => {
    await set({});
    await mailer.send(mail);
    smtp.script.rcptTo = () => 'hangUp';
    expect(await mailer.send(mail)).to.include({ outcome: 'temporary' });
    delete smtp.script.rcptTo;
    expect(await mailer.send(mail)).to.include({ outcome: 'accepted' });
  });

  it('ends one bad recipient without harm to the next over the same connection', async () => {
    await set({ rcptTo: (to) => (to.startsWith('gone') ? { code: 550, text: '5.1.1 unknown' } : undefined) });
    const results = await Promise.all(
      ['gone1', 'ok1', 'gone2', 'ok2', 'ok3', 'ok4', 'gone3'].map(async (name) =>
        mailer.send({ ...mail, to: `${name}@x.example`, messageId: `<${name}@x>` }),
      ),
    );
    expect(results.map(({ outcome }) => outcome)).to.eql([
      'permanent',
      'accepted',
      'permanent',
      'accepted',
      'accepted',
      'accepted',
      'permanent',
    ]);
    expect(smtp.messages.flatMap(({ to }) => to).sort()).to.eql([
      'ok1@x.example',
      'ok2@x.example',
      'ok3@x.example',
      'ok4@x.example',
    ]);
  });
});
