import { join } from 'node:path';
import type { RequestListener } from 'node:http';
import { accountPages } from './account/account-pages.ts';
import { adminOperations } from './admin/admin-operations.ts';
import { ApiDocument } from './admin/api-document.ts';
import { createApiRouter } from './admin/api-router.ts';
import { resendCodeOperation } from './admin/resend-code-operation.ts';
import { signInOperations } from './admin/sign-in-operations.ts';
import { requestLogOperation } from './admin/request-log-operation.ts';
import { webhookOperations } from './admin/webhook-operations.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { defaultTenant, ensureFirstClient, sealingKey } from './first-start.ts';
import { createBouncesRouter } from './hooks/bounces-router.ts';
import { createApp } from './http/app.ts';
import { createAuthenticate } from './http/authenticate.ts';
import { capabilitiesOf } from './http/capabilities.ts';
import { createHideSecrets } from './http/hide-secrets.ts';
import { limitPosts } from './http/limit-posts.ts';
import { logFailure, toScimError } from './http/error-boundary.ts';
import { RequestRecorder } from './http/request-recorder.ts';
import { createScimRouter } from './http/scim-router.ts';
import { loadSettings } from './load-settings.ts';
import { loadWording } from './load-wording.ts';
import { createLog, type Log } from './log.ts';
import { addresseeByChannel } from './notify/addressee-by-channel.ts';
import { createCaptureMailer } from './notify/capture-mailer.ts';
import { createCaptureSmsSender } from './notify/capture-sms-sender.ts';
import { Courier } from './notify/courier.ts';
import { createHttpSmsSender } from './notify/http-sms-sender.ts';
import { senderDomain } from './notify/mail-address.ts';
import type { Mailbox } from './notify/mailbox.ts';
import { createMailChannel } from './notify/mail-channel.ts';
import type { MessageBook } from './notify/message-book.ts';
import { planDeliveries } from './notify/plan.ts';
import { systemScheduler } from './notify/scheduler.ts';
import { sealMailbox } from './notify/sealed-mailbox.ts';
import { createSmsChannel } from './notify/sms-channel.ts';
import { createSmtpMailer } from './notify/smtp-mailer.ts';
import { smtpOptions } from './notify/smtp-options.ts';
import { writeMessage } from './notify/write-message.ts';
import { packageRoot } from './package-root.ts';
import { AdminActions } from './provisioning/admin-actions.ts';
import { AdminRecords } from './provisioning/admin-records.ts';
import { Bounces } from './provisioning/bounces.ts';
import { ExtensionMapping } from './provisioning/extension-mapping.ts';
import { FirstKeyAddressee } from './provisioning/first-key-addressee.ts';
import { checkCodeSettings } from './provisioning/invitation-code.ts';
import { KeyService } from './provisioning/key-service.ts';
import { OnboardingOverview } from './provisioning/onboarding-overview.ts';
import { OnboardingSweep } from './provisioning/onboarding-sweep.ts';
import { PasswordHasher } from './provisioning/password-hasher.ts';
import { Rehearsal } from './provisioning/rehearsal.ts';
import { RecordWriter } from './provisioning/record-writer.ts';
import { ResourceService } from './provisioning/resource-service.ts';
import { SecretBox } from './provisioning/secret-box.ts';
import { ScimEndpoint } from './scim/endpoint.ts';
import { loadResourceTypes } from './scim/load-schemas.ts';
import type { Settings } from './settings.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { checkWebhooks } from './webhooks/check-webhooks.ts';
import { EndpointRegister } from './webhooks/endpoint-register.ts';
import { planWebhooks } from './webhooks/plan-webhooks.ts';
import { createPostWebhook } from './webhooks/post-webhook.ts';
import { createWebhookChannel } from './webhooks/webhook-channel.ts';
import { readWebhookSecret } from './webhooks/webhook-secret.ts';
import { createWebhookSubscribers } from './webhooks/webhook-subscribers.ts';

/** A Latchkey put together: everything but the listening socket. */
export interface Application {
  readonly app: RequestListener;
  readonly log: Log;
  /** The token that this first start has made; nobody can ask for it again. */
  readonly firstToken: string | undefined;
  /** True while mail is captured rather than sent. */
  readonly captured: boolean;
  /** Begins to send what the outbox holds, unless this process is told not to. */
  start(): Promise<void>;
  /** From now on `/readyz` says 503, so that balancers send nothing new. */
  refuseReadiness(): void;
  /** Stops sending, gives leases back, waits for writes, closes the store. */
  stop(): Promise<void>;
}

/** How often states that time alone brings about are written down, in milliseconds. */
const sweepMs = 60_000;

/** How often the calls answered meanwhile are filed in the request log, in milliseconds. */
const flushMs = 1000;

/** How often old calls are forgotten, in milliseconds. */
const purgeMs = 3_600_000;

/**
 * Opens the store that the configuration names.
 * @throws StoreUnavailableError
 */
export async function openStore(config: Config, log: Log): Promise<Store> {
  if (config.mongodbUri === undefined) return openSqliteStore({ folder: config.dataDir, clock: systemClock });
  // Mongoose takes 40 MB that the embedded store has no use for.
  const { openMongoStore } = await import('./store/mongo/mongo-store.ts');
  return openMongoStore({ uri: config.mongodbUri, clock: systemClock, log });
}

/**
 * The composition root: the one place that knows every room.
 * @param listening the URL this process listens on; stands in for `LATCHKEY_PUBLIC_URL` where that is not set
 * @throws ConfigError, SettingsError, SchemaError, MappingError, LocaleError, TemplateError, StoreUnavailableError: each says what to mend
 */
export async function compose(config: Config, listening: string): Promise<Application> {
  const log = createLog(config.logLevel);
  const clock = systemClock;
  const settings = loadSettings(config.settingsFile, [checkCodeSettings, checkWebhooks(config.webhookHosts, process.env)]);
  const settingsOf = (): Settings => settings;
  const { locales, book } = loadWording(config.templatesFolder);
  const types = loadResourceTypes([join(packageRoot, 'schemas'), ...(config.schemasFolder === undefined ? [] : [config.schemasFolder])]);
  const mapping = new ExtensionMapping([join(packageRoot, 'mappings'), ...(config.mappingsFolder === undefined ? [] : [config.mappingsFolder])], types);
  const userType = types.byName('User');
  if (userType === undefined) throw new Error('the schemas define no User');
  const publicUrl = config.publicUrl ?? listening;

  const store = await openStore(config, log);
  try {
    const firstToken = await ensureFirstClient(store.clients, config.token, clock);
    const secrets = new SecretBox([sealingKey(config.key, config.dataDir, log)]);
    const hasher = new PasswordHasher();
    const mailbox = sealMailbox(store.mailbox, {
      seal: (text, id) => secrets.seal(text, { tenant: defaultTenant, id, purpose: 'captured mail' }),
      open: (text, id) => secrets.open(text, { tenant: defaultTenant, id, purpose: 'captured mail' }),
    });
    const writer = new RecordWriter(store.resources, clock, () => courier.wake());
    const parts = { store: store.resources, writer, clock, settingsOf, hasher, secrets, userType };
    const register = new EndpointRegister(store.resources, clock);
    const courier: Courier = createCourier(config, settings, store, mailbox, book, new FirstKeyAddressee({ ...parts, publicUrl }), register, log);
    const rehearsal = new Rehearsal({ ...parts, publicUrl, plan: (event) => planDeliveries(event, senderDomain(config.mailFrom)), write: (delivery, ready) => writeMessage(book, delivery, ready) });
    const keys = new KeyService({ ...parts, onError: (error) => log.error({ err: error }, 'work that nobody waits for has failed') });
    const sweep = new OnboardingSweep(parts);
    const records = new AdminRecords(parts);
    const actions = new AdminActions({ ...parts, records, deliveries: store.outbox });
    const document = new ApiDocument();
    const state = { ready: true };
    const authenticate = createAuthenticate(store.clients, () => clock.now().getTime());
    const recorder = new RequestRecorder(store.requests, log);
    const scim = createScimRouter({
      endpoint: new ScimEndpoint({
        types, handler: new ResourceService({ ...parts, rehearsal }), mapping, settingsOf, capabilities: capabilitiesOf(settings), cursorKey: signingKey(secrets, 'list cursors'),
        attemptKey: signingKey(secrets, 'repeated creates'), clock,
        failureOf: (cause) => toScimError(cause, () => logFailure(log, clock.newId(), cause)),
      }),
      authenticate,
      settingsOf,
      baseUrlOf: ({ protocol, host }) => `${config.publicUrl ?? `${protocol}://${host}`}/scim/v2`,
      clock,
      log,
      recorder,
      hideSecrets: createHideSecrets(types),
    });
    const pages = accountPages({
      keys, tenant: defaultTenant, settingsOf, locales, publicUrl, signingKey: signingKey(secrets, 'pages'), clock,
      report: (error) => log.error({ err: error }, 'a page failed'),
      limit: limitPosts(),
      ...(config.smtpUrl === undefined ? { mailbox } : {}),
    });
    const api = createApiRouter({
      document,
      operations: {
        ...signInOperations(keys),
        ...adminOperations({ actions, records, overview: new OnboardingOverview(parts), outbox: store.outbox }),
        ...webhookOperations({ settingsOf, register, outbox: store.outbox, clock, onRequeued: () => courier.wakeWorkers() }),
        listRequests: requestLogOperation(store.requests, () => recorder.flush()),
        resendCode: resendCodeOperation(store.resources, actions),
        getDocument: () => ({ body: document.json }),
      },
      authenticate,
      log,
    });
    const bounces = new Bounces({ ...parts, findDelivery: async (tenant, id) => store.outbox.find(tenant, id) });
    const app = createApp({
      scim, apis: [api, createBouncesRouter({ authenticate, bounces, log })], pages,
      trustProxy: config.trustProxy, clock, log,
      ready: async () => {
        if (!state.ready) throw new Error('stopping');
        await store.ping();
      },
    });
    const forgetOldCalls = (): void => {
      const oldest = new Date(clock.now().getTime() - settings.requestLog.keepDays * 86_400_000);
      store.requests.purge(defaultTenant, oldest.toISOString()).catch((error: unknown) => log.warn({ err: error }, 'old calls could not be removed from the request log'));
    };
    const timers: NodeJS.Timeout[] = [];
    return {
      app,
      log,
      firstToken,
      captured: config.smtpUrl === undefined,
      start: async () => {
        forgetOldCalls();
        timers.push(setInterval(() => void recorder.flush(), flushMs).unref(), setInterval(forgetOldCalls, purgeMs).unref());
        if (!config.worker) return;
        if (config.smtpUrl === undefined) log.warn('SMTP_URL is not set: mail is captured at /dev/mailbox and not sent');
        await courier.start();
        timers.push(setInterval(() => {
          sweep.run(defaultTenant).catch((error: unknown) => log.warn({ err: error }, 'states that time brings about could not be written down'));
        }, sweepMs).unref());
      },
      refuseReadiness: () => {
        state.ready = false;
      },
      stop: async () => {
        timers.forEach(clearInterval);
        await recorder.flush();
        await keys.settled();
        await courier.stop();
        await store.close();
      },
    };
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

function createCourier(
  config: Config, settings: Settings, store: Store, mailbox: Mailbox, book: MessageBook, addressee: FirstKeyAddressee, register: EndpointRegister, log: Log,
): Courier {
  const clock = systemClock;
  const mailer = config.smtpUrl === undefined ? createCaptureMailer(mailbox, clock) : createSmtpMailer(smtpOptions(config.smtpUrl), config.mailFrom, config.bounceAddress);
  const settingsOf = (): Settings => settings;
  const mailDomain = senderDomain(config.mailFrom);
  const { gatewayUrl, preset, from } = settings.sms;
  // Where mail is really sent, a text message without a gateway must fail visibly: it holds a live code, and nobody would read it in a mailbox.
  const sender = gatewayUrl === null && config.smtpUrl === undefined
    ? createCaptureSmsSender(mailbox, clock)
    : createHttpSmsSender(() => (gatewayUrl === null ? undefined : { url: gatewayUrl, secret: config.smsSecret, preset, from }));
  return new Courier({
    outbox: store.outbox,
    addressee: addresseeByChannel({ email: addressee, sms: addressee, webhook: createWebhookSubscribers(register, settingsOf) }),
    channels: [
      { channel: createMailChannel(mailer, book), perMinute: config.mailPerMinute },
      { channel: createSmsChannel(sender, book) },
      {
        channel: createWebhookChannel({
          settingsOf, register, clock, log, post: createPostWebhook(config.webhookHosts),
          // Read anew each time: a secret in a file can be replaced without a restart.
          keysOf: (secrets) => secrets.map((reference) => readWebhookSecret(reference, process.env)),
        }),
        concurrency: 10,
      },
    ],
    clock, scheduler: systemScheduler, log,
    plan: (event) => [...planDeliveries(event, mailDomain), ...planWebhooks(event, settings.webhooks)],
    // The embedded store has one process: a fixed name lets a restart take over at once what a crash left leased.
    ...(store.kind === 'sqlite' ? { owner: 'embedded' } : {}),
  });
}

/** A key of its own for one use, derived from the newest sealing key. */
function signingKey(secrets: SecretBox, use: string): Buffer {
  const [key] = secrets.derive(use);
  if (key === undefined) throw new Error('there is no sealing key');
  return key;
}
