import { forgetRequests } from '../deferred/forget-requests.ts';
import { erasePerson } from '../erasure/erase-person.ts';
import { erasureJob, Erasures } from '../erasure/erasures.ts';
import type { JobHandler } from '../jobs/job-runner.ts';
import { DeletedUsers } from '../provisioning/records/deleted-users.ts';
import type { Core } from './core/core.ts';
import type { JobTools } from './job-tools.ts';
import { createPlanEvent } from './plan-event.ts';

/** What erases people, and what does its jobs. */
export interface ComposedErasures {
  readonly erasures: Erasures;
  readonly handlers: Readonly<Record<string, JobHandler>>;
}

/** Puts together what erasing people needs. */
export function composeErasures(core: Core, { handler, jobs, wake }: JobTools): ComposedErasures {
  const { store, mailbox, userType, clock, secrets } = core;
  const parts = {
    store: store.resources,
    events: store.events,
    outbox: store.outbox,
    mailbox,
    requests: store.requests,
    notes: store.notes,
    data: store.tenantData,
    deleted: new DeletedUsers(store.notes, clock),
    forgetRequests: (tenant: string, isTheirs: (text: string) => boolean) =>
      forgetRequests({ notes: store.notes, secrets }, tenant, isTheirs),
    handler,
    userType,
    clock,
  };
  return {
    erasures: new Erasures({ ...parts, jobs, wake }),
    handlers: { [erasureJob]: erasePerson({ ...parts, plan: createPlanEvent(core) }) },
  };
}
