import { isForAdministrator } from '../administrators/administrator-addressee.ts';
import type { Addressee } from '../notify/delivery/addressee.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import { addresseeByChannel } from '../notify/delivery/addressee-by-channel.ts';
import { Courier } from '../notify/worker/courier.ts';
import type { DeliveryDays } from '../notify/outbox/delivery-days.ts';
import { createMailChannel } from '../notify/mail/mail-channel.ts';
import { systemScheduler } from '../jobs/scheduler.ts';
import { createSmsChannel } from '../notify/sms/sms-channel.ts';
import type { Mailer } from '../notify/mail/mailer.ts';
import { FirstKeyAddressee } from '../provisioning/messages/first-key-addressee.ts';
import { createAttributesOf } from './core/user-attributes.ts';
import { createRunModule } from '../webhooks/run-module.ts';
import { createPostWebhook } from '../webhooks/post-webhook.ts';
import { createWebhookChannel } from '../webhooks/webhook-channel.ts';
import { streamSubscribers, withStreams } from '../streams/stream-sender.ts';
import { createWebhookSubscribers } from '../webhooks/webhook-subscribers.ts';
import { composeTexts } from './compose-texts.ts';
import type { Core } from './core/core.ts';
import { createSecretTexts, createWebhookKeys } from './webhook-keys.ts';
import { createPlanEvent } from './plan-event.ts';
import { knownTenantsOutbox } from './known-tenants-outbox.ts';
import { ofServedTenants } from './served-tenants-addressee.ts';

/**
 * Puts together everything that carries events to people and to webhooks.
 * @param administrators behind messages to console accounts
 * @param mailer is closed with it
 * @param metrics told of each message whose end is reported
 */
export function composeCourier(
  core: Core,
  administrators: Addressee,
  mailer: Mailer,
  metrics?: { delivery(ended: Delivery): void },
): Courier {
  const { config, tenants, settingsOf, store, bookOf, register, clock, log, publicUrl, history } = core;
  const senderOf = (tenant: string): string => tenants.of(tenant).sender;
  const addressee = countingDays(new FirstKeyAddressee({ ...core, store: store.resources }), core.deliveryDays);
  const texts = composeTexts(core);
  const post = createPostWebhook(config.webhookHosts);
  // Read each time: a secret in a file can be replaced without a restart.
  const keysOf = createWebhookKeys(core.keptSecrets, process.env);
  const streams = {
    ...core.streams,
    events: store.events,
    settingsOf,
    keysOf,
    textOf: createSecretTexts(core.keptSecrets, process.env),
    post,
    clock,
  };
  const webhooks = createWebhookChannel({
    settingsOf,
    register,
    clock,
    log,
    post,
    runModule: createRunModule(config.modulesFolder ?? ''),
    keysOf,
  });
  return new Courier({
    outbox: knownTenantsOutbox(store.outbox, tenants),
    addressee: observed(
      ofServedTenants(
        tenants,
        clock,
        addresseeByChannel({
          email: addresseeOfMail(addressee, administrators),
          sms: addressee,
          webhook: streamSubscribers(
            createWebhookSubscribers({
              register,
              settingsOf,
              seqOf: history.seqOf,
              attributesOf: createAttributesOf(store.resources, (tenant) => tenants.of(tenant).types),
            }),
            streams,
          ),
        }),
      ),
      metrics,
    ),
    channels: [
      { channel: createMailChannel(mailer, bookOf, senderOf), perMinute: config.mailPerMinute },
      { channel: createSmsChannel(texts, bookOf) },
      { channel: withStreams(webhooks, streams), concurrency: 10 },
    ],
    clock,
    scheduler: systemScheduler,
    log,
    publicUrl,
    turns: () => {
      const all = tenants.all();
      const without = all.filter(({ status }) => status === 'suspended').map(({ id }) => id);
      return all.length > 1 ? { without } : undefined;
    },
    plan: createPlanEvent(core),
    // The embedded store has one process: a fixed name lets a restart take over at once what a crash left leased.
    ...(store.kind === 'sqlite' ? { owner: 'embedded' } : { watch: { leases: store.leases, owner: clock.newId() } }),
  });
}

/** Tells of each message when its end is reported. */
function observed(all: Addressee, metrics: { delivery(ended: Delivery): void } | undefined): Addressee {
  if (metrics === undefined) return all;
  return {
    prepare: async (delivery) => all.prepare(delivery),
    report: async (delivery) => {
      await all.report(delivery);
      metrics.delivery(delivery);
    },
    putBack: async (delivery) => all.putBack?.(delivery),
  };
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

/** Counts each message to a user when its end is reported. */
function countingDays(users: FirstKeyAddressee, days: DeliveryDays): Addressee {
  return {
    prepare: async (delivery) => users.prepare(delivery),
    report: async (delivery) => {
      await users.report(delivery);
      days.note(delivery);
    },
    putBack: async (delivery) => users.putBack(delivery),
  };
}
