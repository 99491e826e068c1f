import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { addressOf, createIsTrustedHop } from '../../caller/address-of.ts';
import { createNoteRefusal } from '../../http/calls/refusals.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import { administratorOperations } from '../../operations/access/administrator-operations.ts';
import type { ComposedJobs } from '../compose-jobs.ts';
import { eventsOfRequest } from '../../history/events-of-request.ts';
import { auditOperations } from '../../operations/requests/audit-operations.ts';
import { erasureOperations } from '../../operations/people/erasure-operations.ts';
import { importOperations } from '../../operations/import-operations.ts';
import { ApiDocument } from '../../operations/api-document.ts';
import { createApiRouter } from '../../api/api-router.ts';
import { resendCodeOperation } from '../../operations/sign-in/resend-code-operation.ts';
import { signInOperations } from '../../operations/sign-in/sign-in-operations.ts';
import { overviewOperation } from '../../operations/overview-operation.ts';
import { previewCall, type PreviewedCall } from './preview-call.ts';
import { replayRequest } from './replay-request.ts';
import { requestLogOperations } from '../../operations/requests/request-log-operation.ts';
import { clientOperations } from '../../operations/access/client-operations.ts';
import { createAuditKeysRouter } from '../../api/audit-keys-router.ts';
import { AuditVerification } from '../../history/verify/audit-verification.ts';
import { auditListOperations } from '../../operations/requests/audit-list-operations.ts';
import { PageCursors } from '../../operations/people/page-cursors.ts';
import { firstStepsOperations } from '../../operations/first-steps-operations.ts';
import { peopleJobOperations } from '../../operations/people/people-job-operations.ts';
import { SetupLinks } from '../../clients/setup-links.ts';
import { setupLinkOperations } from '../../operations/access/setup-link-operations.ts';
import { composeOauth } from './compose-oauth.ts';
import { composeClientAdmin } from '../core/compose-clients.ts';
import { webhookOperations } from '../../operations/messages/webhook-operations.ts';
import { composeConsole, type Administration } from './compose-console.ts';
import { createEndpointOf } from './endpoint-of.ts';
import { composeKeys } from '../core/compose-keys.ts';
import { composeTenancy } from './compose-tenancy.ts';
import { composePages } from './compose-pages.ts';
import { authenticateForTenant } from '../../tenancy/authenticate-for-tenant.ts';
import { tenantOfRequest } from '../../tenancy/request-tenant.ts';
import { createBouncesRouter } from '../../inbound/bounces-router.ts';
import { createApp } from '../../http/app.ts';
import { CallRates } from '../../caller/call-rates.ts';
import { countingFailures } from '../../caller/count-failures.ts';
import { createAuthenticate } from '../../caller/authenticate.ts';
import { LocalCallers } from '../../caller/local-callers.ts';
import { createHideSecrets } from '../../http/calls/hide-secrets.ts';
import { createOriginOf } from '../../caller/origin-of.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import { RequestRecorder } from '../../http/calls/request-recorder.ts';
import { createScimListener } from '../../http/scim-listener.ts';
import type { Courier } from '../../notify/worker/courier.ts';
import { senderDomain } from '../../notify/mail/sender-domain.ts';
import { withAudit } from '../../history/with-audit.ts';
import { planDeliveries } from '../../notify/delivery/plan.ts';
import { writeMessage, writeWhole } from '../../notify/words/write-message.ts';
import { composeAdmin } from './compose-admin.ts';
import { DeletedUsers } from '../../provisioning/records/deleted-users.ts';
import { Bounces } from '../../provisioning/messages/bounces.ts';
import { Access } from '../../provisioning/access/access.ts';
import { MessageUses } from '../../provisioning/messages/message-uses.ts';
import { PasswordReveal } from '../../provisioning/access/password-reveal.ts';
import { DryRuns } from '../../provisioning/resources/dry-runs.ts';
import { ResourceService } from '../../provisioning/resources/resource-service.ts';
import type { Core } from '../core/core.ts';
import type { Mailer } from '../../notify/mail/mailer.ts';
import { composeMessages } from './compose-messages.ts';
import { auditTypeOf, composePeopleJobs, lastRequestOf } from './compose-people-jobs.ts';

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
  { imports, erasures, work, mailer }: Omit<ComposedJobs, 'folders' | 'runner'> & { readonly mailer: Mailer },
  ready: () => Promise<void>,
  observe?: (entry: RequestLogEntry) => void,
): Web {
  const { config, tenants, settingsOf, bookOf, types, publicUrl, store, register, clock, log } = core;
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
  const rehearsal = new DryRuns({
    ...parts,
    plan: (event) => planDeliveries(event, senderDomain(tenants.of(event.tenant).sender)),
    write: (delivery, ready) => writeMessage(bookOf(delivery.tenant), delivery, ready),
  });

  const deleted = new DeletedUsers(store.notes, clock);
  const handler = new ResourceService({ ...parts, rehearsal, deleted });
  const originOf = createOriginOf(config.trustProxy);
  const isTrustedHop = createIsTrustedHop(config.trustProxy);
  const localCallers = new LocalCallers(tenantOfRequest);
  const rates = new CallRates(() => performance.now());
  const authenticate = authenticateForTenant(
    localCallers.before(
      countingFailures(
        createAuthenticate({
          callers: core.callers,
          now: () => clock.now(),
          tenantOf: tenantOfRequest,
          onUse: ({ tenant, id, credential }, request) =>
            core.credentialUses.note({ tenant, client: id, id: credential }, () => addressOf(request, isTrustedHop)),
        }),
        rates,
        (request) => addressOf(request, isTrustedHop),
      ),
    ),
    tenants,
  );
  const hideSecrets = createHideSecrets(types);
  const noteRefusal = createNoteRefusal({
    isTenant: (id) => tenants.find(id) !== undefined,
    clock,
    log,
    recorder,
    trail: core.history.trail,
    hideSecrets,
    hashName: (name) =>
      createHmac('sha256', core.secrets.derive('names in logs')[0]!)
        .update(foldCase(name.slice(0, 1024)))
        .digest('hex')
        .slice(0, 16),
  });
  const endpointOf = createEndpointOf(core, withAudit(handler, core.history.reader));
  const scim = createScimListener({
    endpointOf,
    authenticate,
    settingsOf,
    clock,
    log,
    recorder,
    trail: core.history.trail,
    baseUrlOf: (request, tenant) => `${config.publicUrl ?? originOf(request)}${tenants.of(tenant).path}/scim/v2`,
    hideSecrets,
    isTrustedHop,
    noteRefusal,
    rates,
  });
  const pages = composePages(core, { keys, reveals });
  const document = new ApiDocument();
  const admin = composeAdmin(
    {
      ...parts,
      rehearsal,
      deleted,
      outbox: store.outbox,
      notes: store.notes,
      requests: store.requests,
      write: (delivery, ready) => writeWhole(bookOf(delivery.tenant), delivery, ready),
      cursorKeysOf: (tenant) => tenants.of(tenant).keys('lists of people'),
      credentialsBy: (tenant, text) => core.clients.credentials.beginningWith(tenant, text),
    },
    handler,
  );
  const clientAdmin = composeClientAdmin(core);
  const verification = new AuditVerification({
    events: store.events,
    notes: store.notes,
    jobs: work.jobs,
    clock,
    wake: work.wake,
  });
  work.handle(verification.handlers());
  const setupLinks = new SetupLinks({ notes: store.notes, clock, admin: clientAdmin });
  const peopleJobs = composePeopleJobs({
    ...parts,
    ...admin,
    notes: store.notes,
    lastRequest: lastRequestOf(core),
    work,
    document,
    deleted,
    administrators: administration.records,
  });
  const operations = {
    ...signInOperations(keys),
    ...admin.operations,
    ...peopleJobOperations({ jobs: peopleJobs, document, settingsOf }),
    ...importOperations(imports),
    ...erasureOperations(erasures),
    ...composeMessages({
      ...core,
      notes: store.notes,
      mailer,
      senderOf: (tenant) => tenants.of(tenant).sender,
      captured: config.smtpUrl === undefined,
      administrators: administration.records,
    }),
    ...webhookOperations({
      settingsOf,
      register,
      outbox: store.outbox,
      clock,
      onRequeued: () => courier.wakeWorkers(),
    }),
    ...composeKeys(core),
    ...composeTenancy(core, () => courier.wakeWorkers()),
    ...clientOperations({
      admin: clientAdmin,
      uses: core.credentialUses,
      clock,
      preview: (client, call, requestId) =>
        previewCall(endpointOf(client.tenant), client, call as unknown as PreviewedCall, requestId),
    }),
    ...auditListOperations({
      events: store.events,
      catchUp: (tenant) => core.history.sequencer.catchUp(tenant),
      trail: core.history.trail,
      auditType: auditTypeOf(types),
      cursors: new PageCursors((tenant) => tenants.of(tenant).keys('pages of the audit'), clock),
      settingsOf,
      verification,
    }),
    ...firstStepsOperations({
      notes: store.notes,
      setOf: (tenant) => ({ ...tenants.own(tenant), ...tenants.pinned(tenant) }),
      hasSender: (tenant) => config.smtpUrl !== undefined && senderDomain(tenants.of(tenant).sender) !== 'localhost',
      clientsOf: (tenant) => core.clients.list(tenant),
      hasPeople: async (tenant) => {
        const everybody = { tenant, type: core.userType.name, condition: undefined, sort: undefined };
        return (await store.resources.query({ ...everybody, page: { before: '' }, limit: 1 })).records.length > 0;
      },
    }),
    ...setupLinkOperations(setupLinks, core.publicUrlOf),
    getOverview: overviewOperation({
      store: store.resources,
      days: core.deliveryDays,
      clients: clientAdmin,
      uses: core.credentialUses,
      clock,
    }),
    ...requestLogOperations({
      requests: store.requests,
      flush: () => recorder.flush(),
      eventsOf: (tenant, id) => eventsOfRequest({ ...core.history, events: store.events }, tenant, id),
      settingsOf,
      replay: (tenant, entry) => replayRequest(endpointOf(tenant), tenant, entry, clock.newId()),
    }),
    ...auditOperations({
      events: store.events,
      catchUp: (tenant) => core.history.sequencer.catchUp(tenant),
      requests: store.requests,
      flush: () => recorder.flush(),
      outbox: store.outbox,
      sign: async (tenant, head) => (await core.history.checkpointer.issue(tenant, head)).note,
      trail: core.history.trail,
      clock,
    }),
    ...administratorOperations(administration.actions, administration.securityLog),
    resendCode: resendCodeOperation(store.resources, admin.actions),
    getDocument: () => ({ body: document.json }),
  };
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
      scim,
      apis: [api, createAuditKeysRouter(core), ...oauth, hooks, console],
      pages,
      isTrustedHop,
      noteRefusal,
      secure: publicUrl.startsWith('https:'),
      waitingMs: () => store.waitingMs(),
      clock,
      log,
      ready,
    }),
    localCallers,
    recorder,
    uses,
    settled: () => keys.settled(),
  };
}
