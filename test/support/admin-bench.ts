import type { Clock } from '../../src/base/clock.ts';
import { MemoryLeases } from './memory-notes.ts';
import { PasswordHasher } from '../../src/provisioning/passwords/password-hasher.ts';
import { DeliveryDays } from '../../src/notify/outbox/delivery-days.ts';
import { overviewOperation } from '../../src/operations/overview-operation.ts';
import { administratorOperations } from '../../src/operations/access/administrator-operations.ts';
import { SecurityLog } from '../../src/administrators/security-log.ts';
import { ConsoleSessions } from '../../src/administrators/console-sessions.ts';
import { AdministratorRecords } from '../../src/administrators/administrator-records.ts';
import type { Administrator } from '../../src/administrators/administrator.ts';
import { AdministratorActions } from '../../src/administrators/administrator-actions.ts';
import { expect } from 'chai';
import type { RequestListener } from 'node:http';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import type { Operation } from '../../src/operations/operation.ts';
import { loadWording } from '../../src/composition/core/load-wording.ts';
import { writeWhole } from '../../src/notify/words/write-message.ts';
import { StreamStates } from '../../src/streams/stream-states.ts';
import { MemoryNotes } from './memory-notes.ts';
import { ApiDocument } from '../../src/operations/api-document.ts';
import { createApiRouter } from '../../src/api/api-router.ts';
import { requestLogOperations } from '../../src/operations/requests/request-log-operation.ts';
import { companySignInOperations } from '../../src/operations/access/company-sign-in-operations.ts';
import { resendCodeOperation } from '../../src/operations/sign-in/resend-code-operation.ts';
import { signInOperations } from '../../src/operations/sign-in/sign-in-operations.ts';
import { createChangeSettings } from '../../src/operations/settings-operations.ts';
import { OwnWebhooks } from '../../src/operations/messages/own-webhooks.ts';
import { SecretBox } from '../../src/base/secret-box.ts';
import { KeptSecrets } from '../../src/tenancy/kept-secrets.ts';
import { streamOperations } from '../../src/operations/messages/stream-operations.ts';
import { webhookOperations } from '../../src/operations/messages/webhook-operations.ts';
import { composeClientAdmin, composeClients, type ClientParts } from '../../src/composition/core/compose-clients.ts';
import { clientOperations } from '../../src/operations/access/client-operations.ts';
import { SetupLinks } from '../../src/clients/setup-links.ts';
import { setupLinkOperations } from '../../src/operations/access/setup-link-operations.ts';
import { createApp } from '../../src/http/app.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import { planDeliveries } from '../../src/notify/delivery/plan.ts';
import { composeAdmin } from '../../src/composition/web/compose-admin.ts';
import { auditOperations } from '../../src/operations/requests/audit-operations.ts';
import { MemoryEventLog } from './memory-event-log.ts';
import { erasureOperations } from '../../src/operations/people/erasure-operations.ts';
import { NotFoundError } from '../../src/scim/model/scim-error.ts';
import { AuditVerification } from '../../src/history/verify/audit-verification.ts';
import { auditListOperations } from '../../src/operations/requests/audit-list-operations.ts';
import { PageCursors } from '../../src/operations/people/page-cursors.ts';
import { firstStepsOperations } from '../../src/operations/first-steps-operations.ts';
import { peopleJobOperations } from '../../src/operations/people/people-job-operations.ts';
import { auditTypeOf, composePeopleJobs } from '../../src/composition/web/compose-people-jobs.ts';
import { BenchJobs } from './bench-jobs.ts';
import { composeMessages } from '../../src/composition/web/compose-messages.ts';
import type { Mail } from '../../src/notify/words/mail.ts';
import { importOperations } from '../../src/operations/import-operations.ts';
import { ImportBench } from './import-bench.ts';
import type { RequestLog, RequestLogEntry, RequestLogQuery } from '../../src/domain/request-log.ts';
import { authenticateTokens, plainClient } from './token-callers.ts';
import type { Client } from '../../src/domain/client.ts';
import { EndpointRegister } from '../../src/webhooks/endpoint-register.ts';
import { MemoryOutbox } from './memory-outbox.ts';
import { ProvisioningBench, tenant, type SettingsPatch } from './provisioning-bench.ts';
import { shippedTypes, userType } from './resource-types.ts';
import { keyOperations } from '../../src/operations/access/key-operations.ts';
import { composeTenancy } from '../../src/composition/web/compose-tenancy.ts';
import { checkCodeSettings } from '../../src/provisioning/first-key/invitation-code.ts';
import { TenantChanges } from '../../src/tenancy/tenant-changes.ts';
import type { Tenants } from '../../src/tenancy/tenants.ts';
import { memoryTenants } from './memory-tenants.ts';
import { createChangeUser } from '../../src/provisioning/user/change-user.ts';

export const apiDocument = new ApiDocument();
const book = loadWording(undefined);

/** An answer as a client gets it. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // Answers are looked into by the tests' own expectations.
  readonly body: any;
}

/** The documented APIs over real provisioning; every answer is held against the document. */
export class AdminBench {
  readonly provisioning: ProvisioningBench;
  readonly outbox = new MemoryOutbox();
  /** The systems that call, other than those with the tokens of `call`. */
  readonly clients: ClientParts;
  /** Which webhooks were switched off. */
  readonly register: EndpointRegister;
  readonly app: RequestListener;
  /** By `operationId`. */
  readonly deliveryDays: DeliveryDays;
  readonly work: BenchJobs;
  readonly firstSteps: { set: JsonObject; sender: boolean } = { set: {}, sender: false };
  readonly auditLog = new MemoryEventLog();
  readonly auditReads: unknown[] = [];
  /** Samples that administrators had sent to themselves. */
  readonly samples: Mail[] = [];
  /** What the DNS has, by name. */
  readonly dns = new Map<string, string[][]>();
  /** Administrators by id, as jobs look them up. */
  readonly administrators = new Map<string, Administrator>();
  readonly operations: Readonly<Record<string, Operation>>;
  readonly requestEntries: RequestLogEntry[] = [];
  readonly requestQueries: RequestLogQuery[] = [];
  /** To be opened by tests that call for tenants or settings. */
  readonly tenants: Tenants;
  /** Makes the bench's own tenant, for what reads or changes its record. */
  readonly openTenant: () => Promise<void>;
  /** Tenants whose data was erased. */
  readonly erased: string[] = [];
  flushed = 0;
  woken = 0;
  /** Everything that was logged. */
  logged = '';
  #settled = 0;

  /** @param callers whose clients call */
  constructor(patch: SettingsPatch = {}, callers = tenant) {
    const bench = new ProvisioningBench(patch);
    this.provisioning = bench;
    let ids = 0;
    const clock = { now: () => new Date(bench.now), newId: () => `admin-${String(++ids).padStart(5, '0')}` };
    const notes = new MemoryNotes(() => new Date(bench.now));
    this.clients = composeClients(notes, clock);
    this.tenants = memoryTenants(notes, clock, {
      pinned: { passwords: { history: 6 } },
      checks: [checkCodeSettings],
      book,
    });
    const data = {
      erase: async (id: string) => {
        this.erased.push(id);
      },
      forgetRemoved: async () => undefined,
    };
    const changes = new TenantChanges({ tenants: this.tenants, notes, data, clock });
    this.openTenant = async () => {
      await this.tenants.open();
      await changes.create(tenant, 'Acme');
    };
    this.register = new EndpointRegister(notes, clock);
    const kept = new KeptSecrets(notes, new SecretBox([Buffer.alloc(32, 4)]), clock);
    const world = { writer: bench.writerOver(bench.store), clock, settingsOf: () => bench.settings, userType };
    const parts = {
      ...world,
      store: bench.store,
      changeUser: createChangeUser(world),
      hasher: bench.hasher,
      secrets: bench.secrets,
    };
    const log = pino(
      { level: 'debug' },
      {
        write: (line: string) => {
          this.logged += line;
        },
      },
    );
    const requests: RequestLog = {
      append: async () => undefined,
      purge: async () => undefined,
      remove: async () => undefined,
      list: async (query) => {
        this.requestQueries.push(query);
        return { entries: this.requestEntries, ...(query.after === undefined ? { next: 'a place/in the log' } : {}) };
      },
    };
    const admin = composeAdmin(
      {
        ...parts,
        rehearsal: bench.rehearsal,
        deleted: bench.deleted,
        outbox: this.outbox,
        types: shippedTypes,
        notes: new MemoryNotes(() => clock.now()),
        requests,
        publicUrlOf: () => 'https://keys.example',
        write: (delivery, ready) => writeWhole(book, delivery, ready),
        cursorKeysOf: () => [Buffer.alloc(32, 4)],
        credentialsBy: async () => [],
        sourcesOf: async () => ['okta'],
      },
      bench.service,
    );
    this.work = new BenchJobs(clock);
    const peopleJobs = composePeopleJobs({
      ...admin,
      notes: this.work.notes,
      store: bench.store,
      clock,
      userType,
      work: this.work,
      document: apiDocument,
      deleted: bench.deleted,
      administrators: { find: async (_tenant, id) => this.administrators.get(id) },
      lastRequest: async (_tenant, id, type) =>
        bench.store.events.filter((event) => event.type === type && event.resourceId === id).at(-1)?.requestId,
    });
    const { jobs, wake } = this.work;
    const verification = new AuditVerification({ events: this.auditLog, notes: this.work.notes, jobs, clock, wake });
    this.work.handle(verification.handlers());
    const clientAdmin = composeClientAdmin({
      ...this.clients,
      tenants: { of: () => ({ types: shippedTypes }) },
      clock,
      config: { webhookHosts: new Set() },
      store: { resources: bench.store },
    });
    this.deliveryDays = new DeliveryDays(new MemoryNotes(() => clock.now()), clock, () => bench.settings.timezone);
    const streams = new StreamStates(new MemoryNotes(() => clock.now()));
    this.operations = {
      ...signInOperations(bench.keys),
      ...admin.operations,
      ...peopleJobOperations({ jobs: peopleJobs, document: apiDocument, settingsOf: () => bench.settings }),
      ...streamOperations({
        settingsOf: () => bench.settings,
        states: streams,
        events: this.auditLog,
        look: async () => undefined,
        clock,
      }),
      ...webhookOperations({
        settingsOf: () => bench.settings,
        register: this.register,
        own: new OwnWebhooks({
          settingsOf: () => bench.settings,
          kept,
          change: createChangeSettings({ tenants: this.tenants, changes, kept }),
          hasClient: async (of, client) => (await this.clients.clients.find(of, client)) !== undefined,
        }),
        states: streams,
        look: async () => undefined,
        outbox: this.outbox,
        clock,
        onRequeued: () => {
          this.woken += 1;
        },
      }),
      ...clientOperations({
        admin: clientAdmin,
        uses: this.clients.credentialUses,
        clock,
        preview: async (client, call) => ({ status: 200, body: { client: client.name, ...call } }),
      }),
      ...auditListOperations({
        events: this.auditLog,
        catchUp: async (of) => void (await this.auditLog.seal(of, 10_000)),
        trail: { note: (note) => void this.auditReads.push(note), flush: async () => undefined },
        auditType: auditTypeOf(shippedTypes),
        cursors: new PageCursors(() => [Buffer.alloc(32, 6)], clock),
        settingsOf: () => bench.settings,
        verification,
      }),
      ...firstStepsOperations({
        notes: this.work.notes,
        setOf: () => this.firstSteps.set,
        hasSender: () => this.firstSteps.sender,
        clientsOf: (of) => this.clients.clients.list(of),
        hasPeople: async (of) => (await bench.store.query(everybody(of))).records.length > 0,
      }),
      ...setupLinkOperations(new SetupLinks({ notes, clock, admin: clientAdmin }), () => 'https://keys.example'),
      getOverview: overviewOperation({
        store: bench.store,
        days: this.deliveryDays,
        clients: clientAdmin,
        uses: this.clients.credentialUses,
        clock,
      }),
      ...requestLogOperations({
        requests,
        flush: async () => {
          this.flushed += 1;
        },
        eventsOf: async () => [],
        settingsOf: () => bench.settings,
        replay: async (_tenant, { status }) => ({ status }),
      }),
      ...importOperations(new ImportBench(bench).imports),
      // Erasing is tried over HTTP on both stores (test/journeys/erasure.test.ts).
      ...erasureOperations({
        plan: () => Promise.reject(new NotFoundError('nobody')),
        begin: () => Promise.reject(new NotFoundError('nobody')),
        view: () => Promise.reject(new NotFoundError('nobody')),
      }),
      ...auditOperations({
        events: this.auditLog,
        catchUp: async (of) => void (await this.auditLog.seal(of, 10_000)),
        requests,
        flush: async () => undefined,
        outbox: this.outbox,
        sign: async () => '',
        trail: { note: () => undefined, flush: async () => undefined },
        clock,
      }),
      ...composeMessages({
        tenants: this.tenants,
        changes,
        settingsOf: () => bench.settings,
        publicUrlOf: () => 'https://keys.example',
        publicUrl: 'https://keys.example',
        bookOf: (of) => this.tenants.find(of)?.book ?? book,
        clock,
        notes: this.work.notes,
        senderOf: () => 'Harbour <keys@harbour.example>',
        captured: false,
        mailer: {
          send: async (mail) => {
            this.samples.push(mail);
            return { outcome: 'accepted', reply: '250 2.0.0 Ok' };
          },
          close: async () => undefined,
        },
        administrators: { find: async (_tenant, id) => this.administrators.get(id) },
        resolver: { resolveTxt: async (name) => this.dns.get(name) ?? noSuchName() },
      }),
      ...keyOperations({ keys: async () => [], rotate: async () => ({ resealed: 0, unreadable: 0 }) }),
      ...composeTenancy(
        {
          ...this.clients,
          tenants: this.tenants,
          changes,
          clock,
          store: { resources: bench.store, events: this.auditLog },
          settingsOf: (tenant) => this.tenants.of(tenant).settings,
          keptSecrets: kept,
        },
        () => {
          this.woken += 1;
        },
      ),
      ...consoleOperations(clock),
      ...companySignInOperations({
        nameOf: () => undefined,
        redirectUri: () => 'https://keys.example/console/sign-in/oidc/callback',
        check: async () => undefined,
      }),
      resendCode: resendCodeOperation(bench.store, admin.actions),
      getDocument: () => ({ body: apiDocument.json }),
    };
    const api = createApiRouter({
      document: apiDocument,
      operations: this.operations,
      authenticate: authenticateTokens(clientsByScope(callers)),
      log,
    });
    this.app = createApp({
      scim: () => undefined,
      apis: [api],
      pages: express.Router(),
      isTrustedHop: () => false,
      noteRefusal: () => undefined,
      waitingMs: () => 0,
      secure: false,
      clock,
      log,
      ready: async () => undefined,
    });
  }

  /** One call by a client that has this scope and no other; '' calls without a token. */
  async call(
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    body?: Json,
    scope = path.startsWith('/auth') ? 'auth' : 'admin',
  ): Promise<ApiAnswer> {
    const sent = request(this.app)[method](path);
    if (scope !== '') void sent.set('Authorization', `Bearer ${tokenOf(scope)}`);
    const answer = await (body === undefined
      ? sent
      : sent.set('Content-Type', 'application/json').send(JSON.stringify(body)));
    checkAnswer(method, path.split('?')[0]!, answer.status, answer.body as Json);
    return { status: answer.status, headers: answer.headers, body: answer.body };
  }

  /** Files the deliveries of new events, as the relay does. */
  async settle(): Promise<void> {
    const events = this.provisioning.store.events.slice(this.#settled);
    this.#settled = this.provisioning.store.events.length;
    await this.outbox.settleEvents(
      events,
      events.flatMap((event) => planDeliveries(event, 'keys.example')),
    );
  }

  /** Ends a queued delivery as a worker does. */
  async end(id: string, state: 'sent' | 'dead', lastReply: string): Promise<void> {
    const endedAt = new Date(this.provisioning.now).toISOString();
    const ended: Delivery = {
      ...this.outbox.deliveries.get(id)!,
      state,
      attempts: 1,
      endedAt,
      lastReply,
      reported: true,
    };
    this.outbox.deliveries.set(id, ended);
    await this.provisioning.addressee.report(ended);
  }
}

function everybody(of: string) {
  return { tenant: of, type: 'User', condition: undefined, sort: undefined, page: { before: '' }, limit: 1 };
}

function noSuchName(): never {
  throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
}

function tokenOf(scope: string): string {
  return `a-token-for-tests-with-the-scope-${scope.replaceAll(' ', '-')}`;
}

function clientsByScope(callers: string): Readonly<Record<string, Client>> {
  return Object.fromEntries(
    ['auth', 'admin', 'audit:read', 'scim:read', 'admin scim:read scim:write', 'admin operator'].map((scope) => [
      tokenOf(scope),
      plainClient({
        callsPerSecond: null,
        id: scope,
        tenant: callers,
        name: `client with ${scope}`,
        scopes: scope.split(' '),
      }),
    ]),
  );
}

/** The value at a JSON pointer of the document. */
export function documentAt(pointer: string): Json | undefined {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>(
      (at, segment) => (isJsonObject(at) ? at[segment] : Array.isArray(at) ? at[Number(segment)] : undefined),
      apiDocument.json,
    );
}

function checkAnswer(method: string, path: string, status: number, body: Json): void {
  const fits = ({ path: template }: { readonly path: string }): boolean =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
  // A path without a parameter goes before one that has it in the same place (OpenAPI 3.1 §4.8.8.2).
  const isPlain = apiDocument.operations.some((one) => one.path === path);
  const documented = apiDocument.operations.find(
    (one) => one.method === method && (isPlain ? one.path === path : fits(one)),
  );
  if (documented === undefined) return;
  const place = `/paths/${encodeURIComponent(documented.path.replaceAll('/', '~1'))}/${method}/responses/${status}`;
  const found = documentAt(place) as JsonObject | undefined;
  expect(found, `the document knows that ${documented.id} answers ${status}: ${JSON.stringify(body)}`).to.be.an(
    'object',
  );
  if (found?.['content'] === undefined && found?.['$ref'] === undefined) {
    expect(body).to.deep.equal({});
    return;
  }
  const pointer = typeof found?.['$ref'] === 'string' ? found['$ref'].slice(1) : place;
  const [mediaType = ''] = Object.keys(documentAt(`${pointer}/content`) as JsonObject);
  const valid = apiDocument.validator(`${pointer}/content/${mediaType.replaceAll('/', '~1')}/schema`);
  expect(valid(body), `${documented.id} ${status}: ${JSON.stringify(valid.errors)} ${JSON.stringify(body)}`).to.equal(
    true,
  );
}

/** The operations on console accounts, over notes in memory. */
function consoleOperations(clock: Clock) {
  const notes = new MemoryNotes(() => clock.now());
  const securityLog = new SecurityLog(notes, clock);
  const actions = new AdministratorActions({
    notes,
    leases: new MemoryLeases(() => clock.now()),
    records: new AdministratorRecords(notes),
    sessions: new ConsoleSessions(notes, clock),
    securityLog,
    hasher: new PasswordHasher(),
    clock,
    mailInvitation: async () => undefined,
    mailReset: async () => undefined,
  });
  return administratorOperations(actions, securityLog);
}
