import type { Erasures } from '../../erasure/erasures.ts';
import type { AdminActor } from '../../provisioning/admin/admin-records.ts';
import { operation, type Operation } from '../operation.ts';

/** How long the answer waits for the end, in milliseconds: a person of a small tenant is erased by then. */
const waitMs = 5_000;

/** What administrators do about the values of people who are to be forgotten. */
export function erasureOperations(
  erasures: Pick<Erasures, 'plan' | 'begin' | 'view'>,
): Readonly<Record<string, Operation>> {
  return {
    eraseUser: operation<unknown, { readonly dryRun?: boolean }>(async ({ actor, id, query }) => {
      if (query.dryRun === true) return { body: { id, plan: await erasures.plan(actor.tenant, id) } };
      const view = await erasures.begin(orderOf(actor), id, waitMs);
      return { status: view.state === 'done' ? 200 : 202, body: view };
    }),
    getErasure: operation(async ({ actor, id }) => ({ body: await erasures.view(actor.tenant, id) })),
  };
}

function orderOf({ tenant, client, requestId, actor }: AdminActor) {
  return { tenant, requestId, actor: actor ?? ({ kind: 'client', id: client, name: client } as const) };
}
