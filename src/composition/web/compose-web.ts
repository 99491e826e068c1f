import type { RequestListener } from 'node:http';
import type { ComposedJobs } from '../compose-jobs.ts';
import { ApiDocument } from '../../operations/api-document.ts';
import { createApiRouter } from '../../api/api-router.ts';
import { createEventKeysRouter } from '../../api/event-keys-router.ts';
import { createAuditKeysRouter } from '../../api/audit-keys-router.ts';
import { SetupLinks } from '../../clients/setup-links.ts';
import { composeOauth } from './compose-oauth.ts';
import { composeClientAdmin } from '../core/compose-clients.ts';
import { composeConsole, type Administration } from './compose-console.ts';
import { composePages } from './compose-pages.ts';
import { createBouncesRouter } from '../../inbound/bounces-router.ts';
import { createApp } from '../../http/app.ts';
import type { LocalCallers } from '../../caller/local-callers.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import { RequestRecorder } from '../../http/calls/request-recorder.ts';
import type { Courier } from '../../notify/worker/courier.ts';
import { Bounces } from '../../provisioning/messages/bounces.ts';
import { Access } from '../../provisioning/access/access.ts';
import { MessageUses } from '../../provisioning/messages/message-uses.ts';
import { PasswordReveal } from '../../provisioning/access/password-reveal.ts';
import type { Core } from '../core/core.ts';
import type { Mailer } from '../../notify/mail/mailer.ts';
import { composeOperations } from './compose-operations.ts';
import { composeScim } from './compose-scim.ts';

/** The part of the program that speaks HTTP. */
export interface Web {
  readonly app: RequestListener;
  readonly localCallers: LocalCallers;
  /** Puts the SCIM calls it has seen into the request log. */
  readonly recorder: RequestRecorder;
  /** What people did with messages, on its way to their timelines. */
  readonly uses: MessageUses;
  /** Resolves when the work that answers did not wait for is done. */
  settled(): Promise<void>;
}

/**
 * Puts together everything that speaks HTTP: SCIM, the hosted pages, the JSON APIs, the hooks.
 * @param courier sends what the APIs put back in the queue
 * @param background what is worked on beside the calls
 * @param ready see `AppParts.ready`
 * @param observe told of each call that has been answered
 */
export function composeWeb(
  core: Core,
  courier: Courier,
  administration: Administration,
  { mailer, ...jobs }: Omit<ComposedJobs, 'folders' | 'runner'> & { readonly mailer: Mailer },
  ready: () => Promise<void>,
  observe?: (entry: RequestLogEntry) => void,
): Web {
  const { config, settingsOf, publicUrl, store, clock, log } = core;
  const parts = { ...core, store: store.resources, tallies: store.tallies };
  const recorder = new RequestRecorder(store.requests, log, observe);
  const onError = (error: unknown): void => log.error({ err: error }, 'background work failed');
  const uses = new MessageUses({ ...parts, onError });
  const keys = new Access({ ...parts, uses, onError });
  const reveals = new PasswordReveal({
    ...parts,
    // What is captured in place of mail takes text messages too.
    textsGoOut: (tenant) => settingsOf(tenant).sms.gatewayUrl !== null || config.smtpUrl === undefined,
  });
  const composed = composeScim(core, recorder, jobs.work);
  const { authenticate, isTrustedHop, rates, noteRefusal } = composed;
  const pages = composePages(core, { keys, reveals });
  const document = new ApiDocument();
  const setupLinks = new SetupLinks({ notes: store.notes, clock, admin: composeClientAdmin(core) });
  const operations = composeOperations(core, {
    scim: composed,
    keys,
    document,
    recorder,
    courier,
    administration,
    jobs,
    mailer,
    setupLinks,
  });
  const api = createApiRouter({ document, authenticate, log, operations });
  const console = composeConsole(core, administration, document, operations, {
    links: setupLinks,
    callsSince: async (tenant, since) => {
      await recorder.flush();
      return (await store.requests.list({ tenant, since, count: 50 })).entries;
    },
  });
  const bounces = new Bounces({ ...parts, findDelivery: async (tenant, id) => store.outbox.find(tenant, id) });
  const oauth = composeOauth(core, isTrustedHop, rates);
  const hooks = createBouncesRouter({ authenticate, bounces, clock, log });
  return {
    app: createApp({
      scim: composed.scim,
      apis: [
        api,
        createAuditKeysRouter(core),
        createEventKeysRouter({ published: (tenant) => core.streams.signer.published(tenant) }),
        ...oauth,
        hooks,
        console,
      ],
      pages,
      isTrustedHop,
      noteRefusal,
      secure: publicUrl.startsWith('https:'),
      waitingMs: () => store.waitingMs(),
      clock,
      log,
      ready,
    }),
    localCallers: composed.localCallers,
    recorder,
    uses,
    settled: () => keys.settled(),
  };
}
