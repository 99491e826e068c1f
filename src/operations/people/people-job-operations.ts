import type { JsonObject } from '../../base/json.ts';
import { bulkRules, type BulkAction } from '../../bulk/bulk-actions.ts';
import type { BulkActor } from '../../bulk/people-job.ts';
import type { PeopleJobs } from '../../bulk/people-jobs.ts';
import type { Settings } from '../../config/settings.ts';
import type { AdminActor } from '../../provisioning/admin/admin-records.ts';
import { InvalidValueError, ScimError } from '../../scim/model/scim-error.ts';
import type { ApiDocument } from '../api-document.ts';
import { operation, type Operation } from '../operation.ts';
import type { PeopleQuery } from './people-query.ts';
import { readMoment } from '../read-moment.ts';

/** What is asked for: an action, whom it concerns, and what the action takes. */
type StartBody = {
  readonly action: BulkAction;
  readonly ids?: readonly string[];
  readonly query?: PeopleQuery;
  readonly method?: string;
  readonly expiresAt?: string | null;
  readonly forceChange?: boolean;
};

/** How long the answer waits for the plan or the run, in milliseconds. */
const waitMs = 1_500;

/** What the operations work with. */
export interface PeopleJobOperationsParts {
  readonly jobs: PeopleJobs;
  readonly document: Pick<ApiDocument, 'operation'>;
  readonly settingsOf: (tenant: string) => Settings;
}

/** Actions on many people: each takes the role that the same action on one person takes. */
export function peopleJobOperations(parts: PeopleJobOperationsParts): Readonly<Record<string, Operation>> {
  const { jobs, document, settingsOf } = parts;
  const refuseRole = ({ role }: AdminActor, operationId: string | undefined): void => {
    if (role !== undefined && operationId !== undefined && !document.operation(operationId).roles.includes(role))
      throw new ScimError(403, undefined, `The role ${role} does not allow ${operationId}.`);
  };
  const asked = (wish: 'pause' | 'resume' | 'cancel'): Operation =>
    operation(async ({ actor, id }) => {
      const { action, stage } = await jobs.find(actor.tenant, id);
      const { operation: forth, undo } = bulkRules[action];
      refuseRole(actor, stage === 'undoing' ? undo : forth);
      await jobs.ask(actor.tenant, id, wish, whoIs(actor));
      return { body: await jobs.view(actor.tenant, id) };
    });
  return {
    startPeopleJob: operation<StartBody>(async ({ actor, body }) => {
      const { action, ids, query, ...said } = body;
      refuseRole(actor, bulkRules[action].operation);
      if ((ids === undefined) === (query === undefined))
        throw new InvalidValueError('Send either "ids" or "query": {} is everybody.');
      const target = ids === undefined ? { query: (query ?? {}) as JsonObject } : { ids };
      const options = optionsOf(action, said, settingsOf(actor.tenant).timezone);
      const id = await jobs.start(actor.tenant, whoIs(actor), action, target, options);
      return { status: 201, body: await jobs.settled(actor.tenant, id, waitMs) };
    }),
    listPeopleJobs: operation<unknown, { readonly count: number; readonly after?: string }>(
      async ({ actor: { tenant }, query: { count, after } }) => {
        const rows = await jobs.list(tenant, count + 1, after);
        const page = rows.slice(0, count);
        return { body: { jobs: page, next: rows.length > count ? page.at(-1)?.id : undefined } };
      },
    ),
    getPeopleJob: operation(async ({ actor: { tenant }, id }) => ({ body: await jobs.view(tenant, id) })),
    runPeopleJob: operation<{ readonly people: number }>(async ({ actor, id, body }) => {
      refuseRole(actor, bulkRules[(await jobs.find(actor.tenant, id)).action].operation);
      await jobs.run(actor.tenant, id, whoIs(actor), body.people);
      return { status: 202, body: await jobs.settled(actor.tenant, id, waitMs) };
    }),
    pausePeopleJob: asked('pause'),
    resumePeopleJob: asked('resume'),
    cancelPeopleJob: asked('cancel'),
    undoPeopleJob: operation(async ({ actor, id }) => {
      refuseRole(actor, bulkRules[(await jobs.find(actor.tenant, id)).action].undo);
      await jobs.undo(actor.tenant, id, whoIs(actor));
      return { status: 202, body: await jobs.settled(actor.tenant, id, waitMs) };
    }),
  };
}

function whoIs({ client, role, actor }: AdminActor): BulkActor {
  return { client, ...(role === undefined ? {} : { role }), ...(actor === undefined ? {} : { actor }) };
}

function optionsOf(
  action: BulkAction,
  said: Omit<StartBody, 'action' | 'ids' | 'query'>,
  timezone: string,
): JsonObject {
  const allowed = bulkRules[action].options;
  const unknown = Object.keys(said).find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw new InvalidValueError(`${unknown}: the action ${action} does not take it.`);
  if (action !== 'extend') return said;
  const { expiresAt } = said;
  if (expiresAt === undefined) throw new InvalidValueError('expiresAt is missing: the new end, or null for never.');
  return { expiresAt: expiresAt === null ? null : readMoment('expiresAt', expiresAt, timezone).toISOString() };
}
