import { momentOf } from './audit-event.ts';
import { type ChainEntry, type Facts, readPart } from './chain-entry.ts';
import type { EventLog } from './event-log.ts';
import type { Sequencer } from './sequencer.ts';

/** An event that a call set off: what of it names nobody but by id. */
export interface EventOfRequest {
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly target: { readonly type: string; readonly id: string };
  readonly outcome: string;
  /** The ids of the messages that it led to. */
  readonly deliveries: readonly string[];
}

/** Events of one call that are told at most. */
const most = 200;

/** What a tenant's audit tells of a call. @param requestId as `X-Request-Id` told the caller */
export async function eventsOfRequest(
  { events, sequencer }: { readonly events: Pick<EventLog, 'query'>; readonly sequencer: Pick<Sequencer, 'catchUp'> },
  tenant: string,
  requestId: string,
): Promise<readonly EventOfRequest[]> {
  await sequencer.catchUp(tenant);
  const target = [{ key: 'requestid', multiValued: false }];
  const { entries } = await events.query({
    tenant,
    condition: { kind: 'compare', operator: 'eq', target, value: requestId },
    sort: undefined,
    limit: most,
    page: { offset: 0 },
  });
  return entries.map(shown);
}

function shown(entry: ChainEntry): EventOfRequest {
  const facts = readPart<Facts>(entry.facts);
  const [, type = '', , , , , , targetType = '', targetId = '', , outcome = '', , deliveries = []] = facts ?? [];
  return {
    id: entry.id,
    seq: entry.seq,
    at: momentOf(entry),
    type,
    target: { type: targetType, id: targetId },
    outcome,
    deliveries: deliveries.map(([id]) => id),
  };
}
