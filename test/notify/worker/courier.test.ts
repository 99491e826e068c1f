import { join } from 'node:path';
import { expect } from 'chai';
import PostalMime from 'postal-mime';
import { systemClock } from '../../../src/base/clock.ts';
import { loadLocales } from '../../../src/text/locales.ts';
import { createCaptureMailer } from '../../../src/notify/mail/capture-mailer.ts';
import { Courier } from '../../../src/notify/worker/courier.ts';
import { createMailChannel } from '../../../src/notify/mail/mail-channel.ts';
import { MessageBook } from '../../../src/notify/words/message-book.ts';
import type { CapturedMail } from '../../../src/notify/mail/mailbox.ts';
import type { Mailer } from '../../../src/notify/mail/mailer.ts';
import { loadMailTemplates } from '../../../src/notify/words/render-mail.ts';
import { systemScheduler } from '../../../src/jobs/scheduler.ts';
import { createSmtpMailer } from '../../../src/notify/mail/smtp-mailer.ts';
import { smtpOptions } from '../../../src/notify/mail/smtp-options.ts';
import { planDeliveries } from '../../../src/notify/delivery/plan.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import { MemoryLog } from '../../support/courier-bench.ts';
import { MemoryOutbox } from '../../support/memory-outbox.ts';
import { startRecordingSmtp } from '../../support/recording-smtp.ts';

const locales = loadLocales(join(packageRoot, 'locales'));
const templates = loadMailTemplates(join(packageRoot, 'templates'));

describe('Courier', () => {
  /** Runs a courier with the machine's own time until every one of the users' invitations has ended. */
  async function invite(
    mailer: Mailer,
    users: readonly string[],
  ): Promise<{ outbox: MemoryOutbox; told: Map<string, string> }> {
    const outbox = new MemoryOutbox();
    const told = new Map<string, string>();
    const book = new MessageBook({ locales, layouts: templates });
    const courier = new Courier({
      outbox,
      clock: systemClock,
      scheduler: systemScheduler,
      log: new MemoryLog() as never,
      plan: (event) => planDeliveries(event, 'mail.example'),
      channels: [
        {
          channel: createMailChannel(
            mailer,
            () => book,
            () => 'Acme <keys@mail.example>',
          ),
        },
      ],
      addressee: {
        prepare: async ({ userId, id }) => ({
          outcome: 'send',
          to: userId,
          locales: ['de'],
          values: { productName: 'Acme', userName: userId, link: `https://keys.example/set-password?token=${id}` },
        }),
        report: async ({ userId, state }) => {
          told.set(userId, state);
        },
      },
    });
    await courier.start();
    for (const [index, user] of users.entries()) {
      outbox.events.push({
        id: `e${index}`,
        tenant: 'default',
        type: 'invitation.requested',
        at: systemClock.now().toISOString(),
        resourceType: 'User',
        resourceId: user,
        version: 1,
        triggeredBy: 'scim',
        data: { method: 'emailLink', domain: user.split('@')[1] ?? '' },
      });
      courier.wake();
    }
    while (told.size < users.length) await new Promise((resolve) => setImmediate(resolve));
    await courier.stop();
    return { outbox, told };
  }

  it('carries events to an SMTP server, each once, and gives up at once on whom the server does not know', async () => {
    const smtp = await startRecordingSmtp({
      rcptTo: (to) => (to.startsWith('gone') ? { code: 550, text: `5.1.1 <${to}> unknown` } : undefined),
    });
    const users = Array.from(
      { length: 60 },
      (_, index) => `${index % 6 === 0 ? 'gone' : 'user'}${index}@${index % 3}.example`,
    );
    const { outbox, told } = await invite(createSmtpMailer(smtpOptions(smtp.url)), users);
    await smtp.close();
    const known = users.filter((user) => user.startsWith('user')).sort();
    expect(smtp.messages.flatMap(({ to }) => to).sort()).to.eql(known);
    expect(await outbox.counts()).to.include({ sent: 50, dead: 10, queued: 0, leased: 0 });
    expect(users.filter((user) => told.get(user) === 'sent').sort()).to.eql(known);
    expect(outbox.deliveries.get('e0.invitation')?.lastReply).to.equal('550 5.1.1 <…> unknown');
    const { subject, messageId, text } = await PostalMime.parse(smtp.messages[0]?.raw ?? '');
    expect(subject).to.equal('Legen Sie Ihr Passwort für Acme fest');
    expect(text).to.include(`https://keys.example/set-password?token=${(messageId ?? '').slice(1).split('@')[0]}`);
  });

  it('puts mail in the mailbox while it is captured', async () => {
    const mails: CapturedMail[] = [];
    const mailbox = {
      put: async (mail: CapturedMail) => {
        mails.push(mail);
      },
      list: async () => mails,
      rewrite: async () => undefined,
      remove: async () => undefined,
    };
    await invite(createCaptureMailer(mailbox, systemClock), ['ines@x.example']);
    expect(mails).to.have.lengthOf(1);
    expect(mails[0]).to.include({ to: 'ines@x.example', subject: 'Legen Sie Ihr Passwort für Acme fest' });
    expect(mails[0]).to.have.all.keys('tenant', 'id', 'at', 'to', 'subject', 'text', 'html');
  });
});
