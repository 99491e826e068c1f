import { expect } from 'chai';
import { sendTest } from '../../../src/notify/mail/send-test.ts';
import { startRecordingSmtp, type RecordingSmtp } from '../../support/recording-smtp.ts';

describe('a test mail', () => {
  let smtp: RecordingSmtp;
  afterEach(() => smtp.close());
  const send = (url = smtp.url) =>
    sendTest({
      smtpUrl: url,
      bounceAddress: undefined,
      from: 'Harbour <keys@harbour.example>',
      to: 'ana@harbour.example',
      productName: 'Harbour',
    });

  it('is sent past the outbox, and what the server said is told', async () => {
    smtp = await startRecordingSmtp();
    const sent = await send();
    expect(sent.outcome).to.equal('accepted');
    expect(sent.reply).to.match(/^250/);
    expect(smtp.messages.map(({ to }) => to)).to.deep.equal([['ana@harbour.example']]);
    expect(smtp.messages[0]?.raw).to.match(/Subject: A test of Harbour/);
  });

  it('tells a refusal in the words of the server, without credentials', async () => {
    smtp = await startRecordingSmtp({
      rcptTo: () => ({ code: 550, text: '5.1.1 no such user; login was latchkey:right' }),
    });
    const refused = await send(smtp.url.replace('smtp://', 'smtp://latchkey:right@'));
    expect(refused.outcome).to.equal('permanent');
    expect(refused.reply).to.match(/5\.1\.1/);
    expect(refused.reply).not.to.include('right');
  });

  it('tells that a server does not let us in', async () => {
    smtp = await startRecordingSmtp({ requireAuth: true });
    const refused = await send(smtp.url.replace('smtp://', 'smtp://latchkey:wrong@'));
    expect(refused.outcome).to.equal('channelDown');
  });
});
