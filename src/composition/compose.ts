import type { RequestListener } from 'node:http';
import { type Clock, systemClock } from '../clock.ts';
import { composeAdministration, newOwnerLink } from './compose-console.ts';
import { composeCourier } from './compose-courier.ts';
import { composeWeb } from './compose-web.ts';
import type { Foundation } from './foundation.ts';
import { Housekeeping } from './housekeeping.ts';
import { unknownVariables, type Config } from '../config/config.ts';
import { defaultTenant, sealingKey } from './first-start.ts';
import { composeClients } from './compose-clients.ts';
import { ensureFirstClient } from '../clients/first-client.ts';
import { loadSettings } from '../config/load-settings.ts';
import { loadTypes } from './load-types.ts';
import { loadWording } from './load-wording.ts';
import { createLog, textLines, type Log } from '../log.ts';
import type { Courier } from '../notify/worker/courier.ts';
import type { Mailbox } from '../notify/mail/mailbox.ts';
import { sealMailbox } from '../notify/mail/sealed-mailbox.ts';
import { shippedAndOwn } from '../package-root.ts';
import { ExtensionMapping } from '../provisioning/mapping/extension-mapping.ts';
import { checkCodeSettings } from '../provisioning/first-key/invitation-code.ts';
import { IdempotentReplies } from '../provisioning/resources/idempotent-replies.ts';
import { dueAt } from '../provisioning/first-key/due-at.ts';
import { OnboardingSweep } from '../provisioning/first-key/onboarding-sweep.ts';
import { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import { RecordWriter } from '../provisioning/records/record-writer.ts';
import { SecretBox } from '../secret-box.ts';
import type { Settings } from '../config/settings.ts';
import { weakSettings } from '../config/weak-settings.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { mayTell } from './user-attributes.ts';
import { checkWebhooks } from '../webhooks/check-webhooks.ts';
import { EndpointRegister } from '../webhooks/endpoint-register.ts';
import { createChangeUser } from '../provisioning/user/change-user.ts';

/** A Latchkey put together: everything but the listening socket. */
export interface Application {
  readonly app: RequestListener;
  readonly log: Log;
  /** The token that this first start has made; nobody can ask for it again. */
  readonly firstToken: string | undefined;
  /** A new one-time link that makes the first owner of the console; undefined once there is an owner. */
  newOwnerLink(): Promise<string | undefined>;
  /** True while mail is captured rather than sent, and can be read at `/dev/mailbox`. */
  readonly showsMailbox: boolean;
  /** Begins to send what the outbox holds, unless this process is told not to. */
  start(): Promise<void>;
  /** From now on `/readyz` says 503, so that balancers send nothing new. */
  refuseReadiness(): void;
  /** Stops sending, gives leases back, waits for writes, closes the store. */
  stop(): Promise<void>;
}

/** How often states that time alone brings about are written down, in milliseconds. */
const sweepMs = 60_000;

/**
 * How often what was seen meanwhile is filed: calls in the request log, openings of links in timelines. In
 * milliseconds.
 */
const flushMs = 1000;

/** How often the last uses of credentials are noted, in milliseconds. */
const usesMs = 10_000;

/** How often old calls and deliveries are forgotten, in milliseconds. */
const purgeMs = 3_600_000;
const dayMs = 86_400_000;
/** How many tallies of failed sign-ins are kept at most, however many names strangers make up. */
const talliesKept = 500_000;
/** How long a batch may be repeated under its Idempotency-Key. */
const answersKeptDays = 30;

/**
 * Opens the store that the configuration names.
 * @throws StoreUnavailableError
 */
export async function openStore(config: Config, log: Log): Promise<Store> {
  if (config.mongodbUri === undefined) return openSqliteStore({ folder: config.dataDir, clock: systemClock });
  // Mongoose takes 40 MB that the embedded store has no use for.
  const { openMongoStore } = await import('../store/mongo/mongo-store.ts');
  return openMongoStore({ uri: config.mongodbUri, clock: systemClock, log });
}

/**
 * The composition root: with the files in `composition/`, the one place that knows every room.
 * @param listening the URL this process listens on; stands in for `LATCHKEY_PUBLIC_URL` where that is not set
 * @throws ConfigError, SettingsError, SchemaError, MappingError, LocaleError, TemplateError, StoreUnavailableError:
 *   each says what to mend
 */
export async function compose(config: Config, listening: string): Promise<Application> {
  const log = createLog(config.logLevel, textLines(config.logFormat));
  const clock = systemClock;
  const { types, userType } = loadTypes(config.schemasFolder);
  const settings = loadSettings(config.settingsFile, [
    checkCodeSettings,
    checkWebhooks({
      trustedHosts: config.webhookHosts,
      environment: process.env,
      modules: config.modulesFolder,
      knowsAttribute: (name) => mayTell(userType, name),
    }),
  ]);
  for (const warning of [...unknownVariables(process.env), ...weakSettings(settings, config)]) log.warn(warning);
  const settingsOf = (): Settings => settings;
  const mapping = new ExtensionMapping(shippedAndOwn('mappings', config.mappingsFolder), types);
  const book = loadWording(config.templatesFolder);

  const store = await openStore(config, log);
  try {
    const clientParts = composeClients(store.notes, clock);
    const firstToken = await ensureFirstClient(
      { ...clientParts, notes: store.notes, log },
      defaultTenant,
      config.token,
    );
    const secrets = new SecretBox([sealingKey(config.key, config.dataDir, log)]);
    const writer = new RecordWriter(
      store.resources,
      clock,
      () => courier.wake(),
      (record) => (record.type === userType.name ? dueAt(record, settingsOf()) : null),
    );
    const foundation: Foundation = {
      ...clientParts,
      config,
      settings,
      settingsOf,
      book,
      types,
      userType,
      mapping,
      publicUrl: config.publicUrl ?? listening,
      store,
      secrets,
      clock,
      log,
      mailbox: sealedMailbox(store.mailbox, secrets),
      hasher: new PasswordHasher(),
      writer,
      changeUser: createChangeUser({ writer, clock, settingsOf, userType }),
      register: new EndpointRegister(store.resources, clock),
    };
    const administration = composeAdministration(foundation, () => courier.wakeWorkers());
    const courier: Courier = composeCourier(foundation, administration.addressee);
    let stopping = false;
    const web = composeWeb(foundation, courier, administration, async () => {
      if (stopping) throw new Error('stopping');
      await store.ping();
    });
    const sweep = new OnboardingSweep({
      ...foundation,
      due: store.due,
      leases: store.leases,
      // The embedded store has one process: a fixed name lets a restart go on at once.
      owner: store.kind === 'sqlite' ? 'embedded' : clock.newId(),
    });
    const housekeeping = new Housekeeping(
      [
        { everyMs: flushMs, run: () => web.recorder.flush(), failure: 'calls could not be filed in the request log' },
        { everyMs: flushMs, run: () => web.uses.flush(), failure: 'what was done with messages could not be noted' },
        {
          everyMs: purgeMs,
          atStart: true,
          failure: 'old calls could not be removed from the request log',
          run: () => store.requests.purge(defaultTenant, daysAgo(settings.requestLog.keepDays, clock)),
        },
        {
          everyMs: purgeMs,
          atStart: true,
          failure: 'old deliveries could not be removed from the outbox',
          run: () => store.outbox.purge(defaultTenant, daysAgo(settings.deliveries.keepDays, clock)),
        },
        {
          everyMs: purgeMs,
          atStart: true,
          failure: 'old answers to batches could not be removed',
          run: () =>
            new IdempotentReplies(store.resources, clock).purge(defaultTenant, daysAgo(answersKeptDays, clock)),
        },
        {
          everyMs: sweepMs,
          failure: 'failed sign-ins that are out of date could not be removed',
          run: () => store.tallies.purge(clock.now(), talliesKept),
        },
        {
          everyMs: usesMs,
          run: () => clientParts.credentialUses.flush(),
          failure: 'the last uses of credentials could not be noted',
        },
        { everyMs: sweepMs, failure: 'notes that have ended could not be removed', run: () => store.notes.purge() },
        ...(config.worker
          ? [
              {
                everyMs: sweepMs,
                run: () => sweep.run(defaultTenant),
                failure: 'states that time brings about could not be written down',
              },
            ]
          : []),
      ],
      log,
    );
    return {
      app: web.app,
      log,
      firstToken,
      newOwnerLink: () => newOwnerLink(foundation, administration),
      showsMailbox: config.smtpUrl === undefined && config.devMailbox,
      start: async () => {
        housekeeping.start();
        if (!config.worker) return;
        if (config.smtpUrl === undefined)
          log.warn(
            config.devMailbox
              ? 'SMTP_URL is not set: mail is captured at /dev/mailbox and not sent'
              : 'SMTP_URL is not set: mail is captured and not sent. /dev/mailbox is closed, because others may reach this server: LATCHKEY_DEV_MAILBOX=on opens it to this machine',
          );
        await courier.start();
      },
      refuseReadiness: () => {
        stopping = true;
      },
      stop: async () => {
        housekeeping.stop();
        await web.recorder.flush();
        await web.settled();
        await web.uses.flush(true);
        await clientParts.credentialUses.flush();
        await courier.stop();
        await sweep.release(defaultTenant).catch(() => undefined);
        await store.close();
      },
    };
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

function daysAgo(days: number, clock: Clock): string {
  return new Date(clock.now().getTime() - days * dayMs).toISOString();
}

function sealedMailbox(mailbox: Mailbox, secrets: SecretBox): Mailbox {
  const owner = (id: string) => ({ tenant: defaultTenant, id, purpose: 'captured mail' });
  return sealMailbox(mailbox, {
    seal: (text, id) => secrets.seal(text, owner(id)),
    open: (text, id) => secrets.open(text, owner(id)),
  });
}
