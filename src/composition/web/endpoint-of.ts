import { capabilitiesOf } from '../../http/capabilities.ts';
import { logFailure, toScimError } from '../../http/error-boundary.ts';
import { SealedChanges } from '../../history/sealed-changes.ts';
import { eventUris } from '../../streams/security-events.ts';
import { PolledFeeds } from '../../streams/polled-feeds.ts';
import type { Capabilities } from '../../scim/endpoint/discovery.ts';
import type { DeferredBulk } from '../../scim/port/deferred-bulk.ts';
import { ScimEndpoint } from '../../scim/endpoint/endpoint.ts';
import type { ResourceHandler } from '../../scim/port/resource-handler.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import type { Core } from '../core/core.ts';

/** Makes the way to the SCIM endpoint of a tenant: another one once its settings have changed. */
export function createEndpointOf(
  { tenants, settingsOf, store, history, streams, clock, log }: Core,
  handler: ResourceHandler,
  deferred?: DeferredBulk,
): (tenant: string) => ScimEndpoint {
  const changes = new SealedChanges({ events: store.events, sequencer: history.sequencer });
  const feeds = new PolledFeeds({ ...streams, events: store.events, settingsOf, clock });
  const endpoints = new WeakMap<Tenant, ScimEndpoint>();
  return (id) => {
    const tenant = tenants.of(id);
    const known = endpoints.get(tenant);
    if (known !== undefined) return known;
    const made = new ScimEndpoint({
      types: tenant.types,
      handler,
      mapping: tenant.mapping,
      settingsOf,
      capabilities: { ...capabilitiesOf(tenant.settings), ...securityEventsOf(tenant, deferred !== undefined) },
      changes,
      feeds,
      ...(deferred === undefined ? {} : { deferred }),
      clock,
      cursorKeys: () => tenant.keys('list cursors'),
      attemptKeys: () => tenant.keys('repeated creates'),
      failureOf: (cause) => toScimError(cause, () => logFailure(log, clock.newId(), cause)),
    });
    endpoints.set(tenant, made);
    return made;
  };
}

/**
 * What is said of security events (RFC 9967 §4), where the tenant has a receiver of them: strict clients, such as
 * scim2-client, refuse a configuration with attributes that RFC 7643 does not have.
 */
function securityEventsOf({ settings }: Tenant, isDeferred: boolean): Pick<Capabilities, 'securityEvents'> {
  const hasReceiver = settings.webhooks.some(({ kind }) => kind === 'push' || kind === 'poll');
  return hasReceiver ? { securityEvents: { asyncRequest: isDeferred ? 'request' : 'none', eventUris } } : {};
}
