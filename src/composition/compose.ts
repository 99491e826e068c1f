import type { RequestListener } from 'node:http';
import { composeAdministration, newOwnerLink } from './web/compose-console.ts';
import { composeCore } from './core/compose-core.ts';
import { composeCourier } from './compose-courier.ts';
import { composeMetrics } from './compose-metrics.ts';
import { composeJobs } from './compose-jobs.ts';
import { composeMailer } from './web/compose-messages.ts';
import { composeWeb } from './web/compose-web.ts';
import { choresOf } from './chores.ts';
import { Housekeeping } from './housekeeping.ts';
import type { Config } from '../config/config.ts';
import { unknownVariables } from '../config/unknown-variables.ts';
import type { LocalCallers } from '../caller/local-callers.ts';
import { ensureFirstClient } from '../clients/first-client.ts';
import { rootTenant } from '../tenancy/tenant.ts';
import { inTurns, nextTurn } from '../base/cooperative.ts';
import { createLog, packedLines, textLines, type Log } from '../base/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Courier } from '../notify/worker/courier.ts';
import { Reindexing } from '../provisioning/user/reindexing.ts';
import { warmUp } from './warm-up.ts';
import { OnboardingSweep } from '../provisioning/first-key/onboarding-sweep.ts';

/** A Latchkey put together: everything but the listening socket. */
export interface Application {
  readonly app: RequestListener;
  /** Takes the connections of a server on a socket of the data folder for the operator's. */
  readonly localCallers: LocalCallers;
  readonly log: Log;
  /** Where `LATCHKEY_METRICS` asks for them. */
  readonly metrics: Metrics | undefined;
  /** The token made by this first start; it cannot be shown again. */
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

/**
 * The composition root: with the files in `composition/`, the one place that knows every room.
 * @param listening the URL this process listens on; used in place of `LATCHKEY_PUBLIC_URL` when that is not set
 * @throws ConfigError, SettingsError, SchemaError, MappingError, LocaleError, TemplateError, StoreUnavailableError:
 *   each says what to mend
 */
export function compose(config: Config, listening: string): Promise<Application> {
  return assemble(config, listening, true);
}

/**
 * The same for one command, where no server runs: it makes no first token, and sends nothing.
 * @throws as `compose` does
 */
export function composeForCommand(config: Config, listening: string): Promise<Application> {
  return assemble({ ...config, logLevel: 'error' }, listening, false);
}

/** @param serves whether it is a server, whose first start makes the first client */
async function assemble(config: Config, listening: string, serves: boolean): Promise<Application> {
  const log = createLog(config.logLevel, textLines(config.logFormat) ?? packedLines());
  for (const warning of unknownVariables(process.env)) log.warn(warning);
  const core = await composeCore(config, config.publicUrl ?? listening, log);
  const { store, clock } = core;
  try {
    const firstToken = serves
      ? await ensureFirstClient({ ...core, notes: store.notes }, rootTenant, config.token)
      : undefined;
    const administration = composeAdministration(core, () => courier.wakeWorkers());
    const metrics = serves ? composeMetrics(core) : undefined;
    const mailer = composeMailer(core);
    const courier: Courier = composeCourier(core, administration.addressee, mailer, metrics);
    core.events.wake = (events) => courier.wake(events);
    core.events.wakeWorkers = () => courier.wakeWorkers();
    let stopping = false;
    const { runner, folders, ...jobs } = composeJobs(core, serves);
    const ready = async (): Promise<void> => {
      if (stopping) throw new Error('stopping');
      await store.ping();
    };
    const background = { ...jobs, mailer };
    const web = composeWeb(core, courier, administration, background, ready, (entry) => metrics?.call(entry));
    // The embedded store has one process: a fixed name lets a restart go on at once.
    const alone = store.kind === 'sqlite';
    const parts = { ...core, leases: store.leases, owner: alone ? 'embedded' : clock.newId() };
    const sweep = new OnboardingSweep({ ...parts, due: store.due });
    const types = ['User', 'Group'].flatMap((name) => core.types.byName(name) ?? []);
    const reindexing = new Reindexing({ ...parts, ...store, types, alone });
    const warnings = { administrators: administration.records, wake: () => courier.wakeWorkers() };
    const housekeeping = new Housekeeping(choresOf(core, web, { sweep, reindexing, folders, warnings }), log);
    return {
      app: web.app,
      localCallers: web.localCallers,
      metrics,
      log,
      firstToken,
      newOwnerLink: () => newOwnerLink(core, administration),
      showsMailbox: config.smtpUrl === undefined && config.devMailbox,
      start: async () => {
        housekeeping.start();
        core.history.start();
        void nextTurn().then(() => inTurns(warmUp(core.types)));
        if (!config.worker) return;
        if (config.smtpUrl === undefined)
          log.warn(
            config.devMailbox
              ? 'SMTP_URL is not set: mail is captured at /dev/mailbox and not sent'
              : 'SMTP_URL is not set: mail is captured and not sent. /dev/mailbox is closed, because others '
                  + 'may reach this server: LATCHKEY_DEV_MAILBOX=on opens it to this machine',
          );
        await courier.start();
        runner.start();
      },
      refuseReadiness: () => {
        stopping = true;
      },
      stop: async () => {
        housekeeping.stop();
        reindexing.stop();
        await web.recorder.flush();
        await web.settled();
        await web.uses.flush(true);
        await core.credentialUses.flush();
        await jobs.imports.stop();
        await runner.stop();
        for (const folder of folders) await folder.release().catch(() => undefined);
        await courier.stop();
        await core.deliveryDays.flush();
        await sweep.release().catch(() => undefined);
        await core.history.stop();
        await core.close();
      },
    };
  } catch (cause) {
    await core.close();
    throw cause;
  }
}
