import { isForAdministrator } from '../administrators/administrator-addressee.ts';
import type { Addressee } from '../notify/delivery/addressee.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import { addresseeByChannel } from '../notify/delivery/addressee-by-channel.ts';
import { createCaptureMailer } from '../notify/mail/capture-mailer.ts';
import { createCaptureSmsSender } from '../notify/sms/capture-sms-sender.ts';
import { Courier } from '../notify/worker/courier.ts';
import { createHttpSmsSender } from '../notify/sms/http-sms-sender.ts';
import { senderDomain } from '../notify/mail/sender-domain.ts';
import { createMailChannel } from '../notify/mail/mail-channel.ts';
import { planDeliveries } from '../notify/delivery/plan.ts';
import { systemScheduler } from '../jobs/scheduler.ts';
import { createSmsChannel } from '../notify/sms/sms-channel.ts';
import { createSmtpMailer } from '../notify/mail/smtp-mailer.ts';
import { smtpOptions } from '../notify/mail/smtp-options.ts';
import { FirstKeyAddressee } from '../provisioning/messages/first-key-addressee.ts';
import { planWebhooks } from '../webhooks/plan-webhooks.ts';
import { createAttributesOf } from './user-attributes.ts';
import { createRunModule } from '../webhooks/run-module.ts';
import { createPostWebhook } from '../webhooks/post-webhook.ts';
import { createWebhookChannel } from '../webhooks/webhook-channel.ts';
import { readWebhookSecret } from '../webhooks/webhook-secret.ts';
import { createWebhookSubscribers } from '../webhooks/webhook-subscribers.ts';
import type { Foundation } from './foundation.ts';

/**
 * Puts together everything that carries events to people and to webhooks.
 * @param foundation shared with the other parts
 * @param administrators behind messages to console accounts
 */
export function composeCourier(foundation: Foundation, administrators: Addressee): Courier {
  const { config, settings, settingsOf, store, mailbox, book, register, clock, log, publicUrl } = foundation;
  const mailer =
    config.smtpUrl === undefined
      ? createCaptureMailer(mailbox, clock)
      : createSmtpMailer(smtpOptions(config.smtpUrl), config.mailFrom, config.bounceAddress);
  const addressee = new FirstKeyAddressee({ ...foundation, store: store.resources, publicUrl });
  const { gatewayUrl, preset, from } = settings.sms;
  // Where mail is really sent, a text message without a gateway must fail visibly: it holds a live code, and nobody
  // would read it in a mailbox.
  const sender =
    gatewayUrl === null && config.smtpUrl === undefined
      ? createCaptureSmsSender(mailbox, clock)
      : createHttpSmsSender(() =>
          gatewayUrl === null ? undefined : { url: gatewayUrl, secret: config.smsSecret, preset, from },
        );
  const webhooks = createWebhookChannel({
    settingsOf,
    register,
    clock,
    log,
    post: createPostWebhook(config.webhookHosts),
    runModule: createRunModule(config.modulesFolder ?? ''),
    // Read anew each time: a secret in a file can be replaced without a restart.
    keysOf: (secrets) => secrets.map((reference) => readWebhookSecret(reference, process.env)),
  });
  return new Courier({
    outbox: store.outbox,
    addressee: addresseeByChannel({
      email: addresseeOfMail(addressee, administrators),
      sms: addressee,
      webhook: createWebhookSubscribers({
        register,
        settingsOf,
        attributesOf: createAttributesOf(store.resources, foundation.userType),
      }),
    }),
    channels: [
      { channel: createMailChannel(mailer, book), perMinute: config.mailPerMinute },
      { channel: createSmsChannel(sender, book) },
      { channel: webhooks, concurrency: 10 },
    ],
    clock,
    scheduler: systemScheduler,
    log,
    publicUrl,
    plan: (event) => [
      ...planDeliveries(event, senderDomain(config.mailFrom)),
      ...planWebhooks(event, settings.webhooks),
    ],
    // The embedded store has one process: a fixed name lets a restart take over at once what a crash left leased.
    ...(store.kind === 'sqlite' ? { owner: 'embedded' } : {}),
  });
}

/** Mail goes to users and to administrators. */
function addresseeOfMail(users: Addressee, administrators: Addressee): Addressee {
  const of = (delivery: Delivery): Addressee => (isForAdministrator(delivery) ? administrators : users);
  return {
    prepare: async (delivery) => of(delivery).prepare(delivery),
    report: async (delivery) => of(delivery).report(delivery),
    putBack: async (delivery) => of(delivery).putBack?.(delivery),
  };
}
