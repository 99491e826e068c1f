import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { addressOf, createIsTrustedHop } from '../caller/address-of.ts';
import { createNoteRefusal } from '../http/calls/refusals.ts';
import { foldCase } from '../scim/model/case-fold.ts';
import { accountPages } from '../pages/account-pages.ts';
import { administratorOperations } from '../operations/administrator-operations.ts';
import { ApiDocument } from '../operations/api-document.ts';
import { createApiRouter } from '../api/api-router.ts';
import { resendCodeOperation } from '../operations/resend-code-operation.ts';
import { signInOperations } from '../operations/sign-in-operations.ts';
import { requestLogOperation } from '../operations/request-log-operation.ts';
import { clientOperations } from '../operations/client-operations.ts';
import { composeClientAdmin } from './compose-clients.ts';
import { webhookOperations } from '../operations/webhook-operations.ts';
import { composeConsole, type Administration } from './compose-console.ts';
import { defaultTenant } from './first-start.ts';
import { createBouncesRouter } from '../inbound/bounces-router.ts';
import { createApp } from '../http/app.ts';
import { createAuthenticate } from '../caller/authenticate.ts';
import { capabilitiesOf } from '../http/capabilities.ts';
import { createHideSecrets } from '../http/calls/hide-secrets.ts';
import { limitPosts } from '../http/limit-posts.ts';
import { logFailure, toScimError } from '../http/error-boundary.ts';
import { createOriginOf } from '../caller/origin-of.ts';
import { RequestRecorder } from '../http/calls/request-recorder.ts';
import { createScimListener } from '../http/scim-listener.ts';
import type { Courier } from '../notify/worker/courier.ts';
import { senderDomain } from '../notify/mail/sender-domain.ts';
import { planDeliveries } from '../notify/delivery/plan.ts';
import { writeMessage, writeWhole } from '../notify/words/write-message.ts';
import { composeAdmin } from './compose-admin.ts';
import { DeletedUsers } from '../provisioning/records/deleted-users.ts';
import { Bounces } from '../provisioning/messages/bounces.ts';
import { Access } from '../provisioning/access/access.ts';
import { MessageUses } from '../provisioning/messages/message-uses.ts';
import { PasswordReveal } from '../provisioning/access/password-reveal.ts';
import { DryRuns } from '../provisioning/resources/dry-runs.ts';
import { ResourceService } from '../provisioning/resources/resource-service.ts';
import type { SecretBox } from '../secret-box.ts';
import { ScimEndpoint } from '../scim/endpoint/endpoint.ts';
import type { Foundation } from './foundation.ts';

/** The part of the program that speaks HTTP. */
export interface Web {
  readonly app: RequestListener;
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
 * @param ready see `AppParts.ready`
 */
export function composeWeb(
  foundation: Foundation,
  courier: Courier,
  administration: Administration,
  ready: () => Promise<void>,
): Web {
  const {
    config,
    settings,
    settingsOf,
    book,
    types,
    mapping,
    publicUrl,
    store,
    mailbox,
    secrets,
    register,
    clock,
    log,
  } = foundation;
  const parts = { ...foundation, store: store.resources, tallies: store.tallies };
  const recorder = new RequestRecorder(store.requests, log);
  const onError = (error: unknown): void => log.error({ err: error }, 'work that nobody waits for has failed');
  const uses = new MessageUses({ ...parts, onError });
  const keys = new Access({ ...parts, uses, onError });
  // What is captured in place of mail takes text messages too.
  const reveals = new PasswordReveal({
    ...parts,
    textsGoOut: settings.sms.gatewayUrl !== null || config.smtpUrl === undefined,
  });
  const rehearsal = new DryRuns({
    ...parts,
    plan: (event) => planDeliveries(event, senderDomain(config.mailFrom)),
    write: (delivery, ready) => writeMessage(book, delivery, ready),
  });

  const deleted = new DeletedUsers(store.notes, clock);
  const handler = new ResourceService({ ...parts, rehearsal, deleted });
  const originOf = createOriginOf(config.trustProxy);
  const isTrustedHop = createIsTrustedHop(config.trustProxy);
  const authenticate = createAuthenticate({
    callers: foundation.callers,
    now: () => clock.now(),
    onUse: ({ tenant, id, credential }, request) =>
      foundation.credentialUses.note({ tenant, client: id, id: credential }, () => addressOf(request, isTrustedHop)),
  });
  const hideSecrets = createHideSecrets(types);
  const nameKey = signingKey(secrets, 'names in logs');
  const noteRefusal = createNoteRefusal({
    tenant: defaultTenant,
    clock,
    log,
    recorder,
    hideSecrets,
    hashName: (name) =>
      createHmac('sha256', nameKey)
        .update(foldCase(name.slice(0, 1024)))
        .digest('hex')
        .slice(0, 16),
  });
  const scim = createScimListener({
    endpoint: new ScimEndpoint({
      types,
      handler,
      mapping,
      settingsOf,
      capabilities: capabilitiesOf(settings),
      clock,
      cursorKey: signingKey(secrets, 'list cursors'),
      attemptKey: signingKey(secrets, 'repeated creates'),
      failureOf: (cause) => toScimError(cause, () => logFailure(log, clock.newId(), cause)),
    }),
    authenticate,
    settingsOf,
    clock,
    log,
    recorder,
    baseUrlOf: (request) => `${config.publicUrl ?? originOf(request)}/scim/v2`,
    hideSecrets,
    isTrustedHop,
    noteRefusal,
  });
  const pages = accountPages({
    keys,
    reveals,
    tenant: defaultTenant,
    settingsOf,
    publicUrl,
    localesFor: (application) => book.wordingFor(application).locales,
    signingKey: signingKey(secrets, 'pages'),
    clock,
    report: (error) => log.error({ err: error }, 'a page failed'),
    limit: limitPosts(),
    ...(config.smtpUrl === undefined && config.devMailbox ? { mailbox } : {}),
  });
  const document = new ApiDocument();
  const admin = composeAdmin(
    {
      ...parts,
      rehearsal,
      deleted,
      outbox: store.outbox,
      notes: store.notes,
      requests: store.requests,
      write: (delivery, ready) => writeWhole(book, delivery, ready),
      cursorKey: signingKey(secrets, 'lists of people'),
      credentialsBy: async () => [],
    },
    handler,
  );
  const operations = {
    ...signInOperations(keys),
    ...admin.operations,
    ...webhookOperations({
      settingsOf,
      register,
      outbox: store.outbox,
      clock,
      onRequeued: () => courier.wakeWorkers(),
    }),
    ...clientOperations({ admin: composeClientAdmin(foundation), uses: foundation.credentialUses, clock }),
    listRequests: requestLogOperation(store.requests, () => recorder.flush(), settingsOf),
    ...administratorOperations(administration.actions, administration.securityLog),
    resendCode: resendCodeOperation(store.resources, admin.actions),
    getDocument: () => ({ body: document.json }),
  };
  const api = createApiRouter({ document, authenticate, log, operations });
  const console = composeConsole(foundation, administration, document, operations);
  const bounces = new Bounces({ ...parts, findDelivery: async (tenant, id) => store.outbox.find(tenant, id) });
  const hooks = createBouncesRouter({ authenticate, bounces, clock, log });
  return {
    app: createApp({
      scim,
      apis: [api, hooks, console],
      pages,
      isTrustedHop,
      noteRefusal,
      secure: publicUrl.startsWith('https:'),
      clock,
      log,
      ready,
    }),
    recorder,
    uses,
    settled: () => keys.settled(),
  };
}

/** A key of its own for one use, derived from the newest sealing key. */
function signingKey(secrets: SecretBox, use: string): Buffer {
  const [key] = secrets.derive(use);
  if (key === undefined) throw new Error('there is no sealing key');
  return key;
}
