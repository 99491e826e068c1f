import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/store.ts';
import type { Feed } from '../../streams/security-events.ts';
import { StreamPump } from '../../streams/stream-pump.ts';
import { StreamStates } from '../../streams/stream-states.ts';
import { TokenSigner } from '../../streams/token-signer.ts';
import type { Tenants } from '../../tenancy/tenants.ts';

/** What follows the audit and tells others of it. */
export interface Streams {
  readonly states: StreamStates;
  readonly pump: StreamPump;
  readonly signer: TokenSigner;
  readonly feedOf: (tenant: string, endpoint: FeedEndpoint) => Feed;
}

interface FeedEndpoint {
  readonly id: string;
  readonly audience: string | null;
  readonly url?: string;
  readonly client?: string;
}

/** Puts together the streams of all tenants. @param wake called where there is something to send */
export function composeStreams(store: Store, clock: Clock, tenants: Tenants, wake: () => void): Streams {
  const states = new StreamStates(store.notes);
  return {
    states,
    // The embedded store has one process: a fixed name lets a restart go on at once.
    pump: new StreamPump({
      states,
      events: store.events,
      outbox: store.outbox,
      leases: store.leases,
      owner: store.kind === 'sqlite' ? 'embedded' : clock.newId(),
      settingsOf: (id) => tenants.of(id).settings,
      clock,
      wake,
    }),
    signer: new TokenSigner((id) => tenants.of(id).keys('security event tokens')),
    feedOf: (id, { id: feed, audience, url, client }) => {
      const { publicUrl, types } = tenants.of(id);
      return {
        id: feed,
        iss: publicUrl,
        aud: audience ?? url ?? client ?? feed,
        endpointOf: (name) => {
          const definition = types.byName(name)?.definition;
          if (definition !== undefined) return definition.readOnly === true ? undefined : definition.endpoint;
          return name === 'Bulk' ? '/Bulk' : undefined;
        },
      };
    },
  };
}
