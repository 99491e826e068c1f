import { createHmac } from 'node:crypto';
import { addressOf, createIsTrustedHop } from '../../caller/address-of.ts';
import { createNoteRefusal } from '../../http/calls/refusals.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import { createEndpointOf } from './endpoint-of.ts';
import { authenticateForTenant } from '../../tenancy/authenticate-for-tenant.ts';
import { tenantOfRequest } from '../../tenancy/request-tenant.ts';
import { CallRates } from '../../caller/call-rates.ts';
import { countingFailures } from '../../caller/count-failures.ts';
import { createAuthenticate } from '../../caller/authenticate.ts';
import { LocalCallers } from '../../caller/local-callers.ts';
import { createHideSecrets } from '../../http/calls/hide-secrets.ts';
import { createOriginOf } from '../../caller/origin-of.ts';
import type { RequestRecorder } from '../../http/calls/request-recorder.ts';
import { createScimListener } from '../../http/scim-listener.ts';
import { senderDomain } from '../../notify/mail/sender-domain.ts';
import { withAudit } from '../../history/with-audit.ts';
import { planDeliveries } from '../../notify/delivery/plan.ts';
import { writeMessage } from '../../notify/words/write-message.ts';
import { DeletedUsers } from '../../provisioning/records/deleted-users.ts';
import { DryRuns } from '../../provisioning/resources/dry-runs.ts';
import { ResourceService } from '../../provisioning/resources/resource-service.ts';
import { DeferredBatches } from '../../deferred/deferred-batches.ts';
import type { MoreJobs } from '../compose-jobs.ts';
import type { Core } from '../core/core.ts';

/** What answers SCIM calls, and the parts of it that the APIs use as well. */
export interface ComposedScim {
  readonly scim: ReturnType<typeof createScimListener>;
  readonly handler: ResourceService;
  readonly endpointOf: ReturnType<typeof createEndpointOf>;
  readonly rehearsal: DryRuns;
  readonly deleted: DeletedUsers;
  readonly authenticate: ReturnType<typeof authenticateForTenant>;
  readonly localCallers: LocalCallers;
  readonly rates: CallRates;
  readonly isTrustedHop: ReturnType<typeof createIsTrustedHop>;
  readonly noteRefusal: ReturnType<typeof createNoteRefusal>;
}

/**
 * Puts together what answers SCIM: the callers and their limits, the resource service with its dry runs, and the
 * listener.
 * @param recorder takes each call down in the request log
 * @param work does batches that are answered before they are done
 */
export function composeScim(core: Core, recorder: RequestRecorder, work: MoreJobs): ComposedScim {
  const { config, tenants, settingsOf, bookOf, types, store, clock, log } = core;
  const parts = { ...core, store: store.resources, tallies: store.tallies };
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
  const deferred = new DeferredBatches({
    ...core.streams,
    notes: store.notes,
    jobs: work.jobs,
    secrets: core.secrets,
    events: store.events,
    sequencer: core.history.sequencer,
    handle: async (request) => endpointOf(request.context.tenant).handle(request),
    typeAt: (tenant, path) => tenants.of(tenant).types.byEndpoint(`/${path.split('/')[1] ?? ''}`)?.name,
    clock,
    wake: work.wake,
  });
  work.handle(deferred.handlers());
  const endpointOf: ComposedScim['endpointOf'] = createEndpointOf(
    core,
    withAudit(handler, core.history.reader),
    deferred,
  );
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
  return {
    scim,
    handler,
    endpointOf,
    rehearsal,
    deleted,
    authenticate,
    localCallers,
    rates,
    isTrustedHop,
    noteRefusal,
  };
}
