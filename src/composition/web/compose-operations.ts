import { companySignInOperations } from '../../operations/access/company-sign-in-operations.ts';
import { administratorOperations } from '../../operations/access/administrator-operations.ts';
import type { ComposedJobs } from '../compose-jobs.ts';
import { eventsOfRequest } from '../../history/events-of-request.ts';
import { auditOperations } from '../../operations/requests/audit-operations.ts';
import { erasureOperations } from '../../operations/people/erasure-operations.ts';
import { importOperations } from '../../operations/import-operations.ts';
import type { ApiDocument } from '../../operations/api-document.ts';
import { resendCodeOperation } from '../../operations/sign-in/resend-code-operation.ts';
import { signInOperations } from '../../operations/sign-in/sign-in-operations.ts';
import { overviewOperation } from '../../operations/overview-operation.ts';
import { previewCall, type PreviewedCall } from './preview-call.ts';
import { replayRequest } from './replay-request.ts';
import { requestLogOperations } from '../../operations/requests/request-log-operation.ts';
import { clientOperations } from '../../operations/access/client-operations.ts';
import { AuditVerification } from '../../history/verify/audit-verification.ts';
import { auditListOperations } from '../../operations/requests/audit-list-operations.ts';
import { PageCursors } from '../../operations/people/page-cursors.ts';
import { firstStepsOperations } from '../../operations/first-steps-operations.ts';
import { peopleJobOperations } from '../../operations/people/people-job-operations.ts';
import type { SetupLinks } from '../../clients/setup-links.ts';
import { setupLinkOperations } from '../../operations/access/setup-link-operations.ts';
import { composeClientAdmin } from '../core/compose-clients.ts';
import { createChangeSettings } from '../../operations/settings-operations.ts';
import { OwnWebhooks } from '../../operations/messages/own-webhooks.ts';
import { streamOperations } from '../../operations/messages/stream-operations.ts';
import { webhookOperations } from '../../operations/messages/webhook-operations.ts';
import { type Administration } from './compose-console.ts';
import { composeKeys } from '../core/compose-keys.ts';
import { composeTenancy } from './compose-tenancy.ts';
import type { RequestRecorder } from '../../http/calls/request-recorder.ts';
import type { Courier } from '../../notify/worker/courier.ts';
import { senderDomain } from '../../notify/mail/sender-domain.ts';
import { writeWhole } from '../../notify/words/write-message.ts';
import { composeAdmin } from './compose-admin.ts';
import type { Access } from '../../provisioning/access/access.ts';
import type { Core } from '../core/core.ts';
import type { Mailer } from '../../notify/mail/mailer.ts';
import { composeMessages } from './compose-messages.ts';
import { auditTypeOf, composePeopleJobs, lastRequestOf } from './compose-people-jobs.ts';
import type { ComposedScim } from './compose-scim.ts';

/** What the operations are made of beside the core. */
export interface OperationParts {
  readonly scim: ComposedScim;
  readonly keys: Access;
  readonly document: ApiDocument;
  readonly recorder: RequestRecorder;
  readonly courier: Courier;
  readonly administration: Administration;
  readonly jobs: Omit<ComposedJobs, 'folders' | 'runner'>;
  readonly mailer: Mailer;
  readonly setupLinks: SetupLinks;
}

/** Puts together each operation of `/auth/v1` and `/admin/v1`, by its name in the OpenAPI document. */
export function composeOperations(
  core: Core,
  { scim, keys, document, recorder, courier, administration, jobs, mailer, setupLinks }: OperationParts,
) {
  const { config, tenants, settingsOf, bookOf, types, store, register, clock } = core;
  const { imports, erasures, work } = jobs;
  const { handler, rehearsal, deleted, endpointOf } = scim;
  const parts = { ...core, store: store.resources, tallies: store.tallies };
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
      sourcesOf: async (tenant) => (await core.clients.list(tenant)).map(({ name }) => name),
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
  return {
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
    ...streamOperations({
      settingsOf,
      states: core.streams.states,
      events: store.events,
      look: (tenant) => core.streams.pump.look(tenant),
      clock,
    }),
    ...webhookOperations({
      settingsOf,
      register,
      own: new OwnWebhooks({
        settingsOf,
        kept: core.keptSecrets,
        change: createChangeSettings({ tenants, changes: core.changes, kept: core.keptSecrets }),
        hasClient: async (tenant, client) => (await core.clients.find(tenant, client)) !== undefined,
      }),
      states: core.streams.states,
      look: (tenant) => core.streams.pump.look(tenant),
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
    ...companySignInOperations(administration.company),
    resendCode: resendCodeOperation(store.resources, admin.actions),
    getDocument: () => ({ body: document.json }),
  };
}
