import type { RequestContext } from '../../scim/port/resource-handler.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Origin } from '../records/origin.ts';
import type { DryRunChange } from './explain-change.ts';
import type { Commit, StoredRecord } from '../records/resource-store.ts';
import type { WriteOptions } from '../records/record-change.ts';

/** What a dry run would have written is noted on it. */
export type Tape = { commit?: Commit; before?: StoredRecord | undefined };

export function tapeFor({ dryRun }: RequestContext): Tape | undefined {
  return dryRun ? {} : undefined;
}

export function optionsOf(
  { triggeredBy, client, requestId, actor, address, agent, locale, isOver, tellsWebhooks, rules }: RequestContext,
  tape: Tape | undefined,
): WriteOptions {
  const origin: Origin = {
    triggeredBy,
    client: client.name,
    requestId,
    actor: actor ?? { kind: triggeredBy === 'import' ? 'import' : 'client', id: client.id, name: client.name },
    ...(address === undefined ? {} : { address }),
    ...(agent === undefined ? {} : { agent }),
    ...(locale === undefined ? {} : { locale }),
    ...(tellsWebhooks === true ? { tellsWebhooks } : {}),
    ...(rules === undefined ? {} : { rules }),
  };
  return tape === undefined
    ? { origin, isOver }
    : { origin, rehearse: (commit, before) => Object.assign(tape, { commit, before }) };
}

export function dryRunOn({ commit, before }: Tape, sent: Resource): DryRunChange {
  return { commit, before, password: typeof sent['password'] === 'string' };
}
