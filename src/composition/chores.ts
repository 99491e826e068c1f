import type { Clock } from '../base/clock.ts';
import { IdempotentReplies } from '../provisioning/resources/idempotent-replies.ts';
import type { Reindexing } from '../provisioning/user/reindexing.ts';
import type { OnboardingSweep } from '../provisioning/first-key/onboarding-sweep.ts';
import type { Core } from './core/core.ts';
import { warnOfCredentials, type CredentialWarningsParts } from './credential-warnings.ts';
import type { Chore } from './housekeeping.ts';
import { goOnResealing } from './core/reseal.ts';
import { sealAttributes } from './core/reseal-attributes.ts';
import type { Web } from './web/compose-web.ts';

/** How often states that time alone brings about are written down, in milliseconds. */
const sweepMs = 60_000;

/**
 * How often what was seen meanwhile is filed: calls in the request log, openings of links in timelines. In
 * milliseconds.
 */
const flushMs = 1000;

/** How often refused and read calls are filed for the audit, in milliseconds. */
const trailMs = 250;

/** How often it is looked whether a checkpoint of the audit is due, in milliseconds. */
const checkpointMs = 15_000;

/** How often it is looked whether there is something for streams, in milliseconds. */
const streamsMs = 1_000;

/** How often old calls and deliveries are forgotten, in milliseconds. */
const purgeMs = 3_600_000;

/** Within how long of the start they are first forgotten, in milliseconds. */
const firstPurgeMs = 60_000;

const dayMs = 86_400_000;
/** How many tallies of failed sign-ins are kept at most, however many names strangers make up. */
const talliesKept = 500_000;
/** How long a batch may be repeated under its Idempotency-Key. */
const answersKeptDays = 30;
/** How often the last uses of credentials are noted, in milliseconds. */
const usesMs = 10_000;
/** How often it is looked whether another process has changed a tenant, in milliseconds: in force within 10 seconds. */
const tenantsMs = 3_000;

/** How often records of an older version are looked for, in milliseconds. */
const reindexMs = 600_000;

/** How often watched folders are looked at, in milliseconds. */
const foldersMs = 2_000;

/** What is done at intervals while a process runs. */
export function choresOf(
  core: Core,
  web: Web,
  {
    sweep,
    reindexing,
    folders,
    warnings,
  }: {
    readonly sweep: OnboardingSweep;
    readonly reindexing: Reindexing;
    readonly folders: readonly { look(): Promise<void> }[];
    readonly warnings: Pick<CredentialWarningsParts, 'administrators' | 'wake'>;
  },
): readonly Chore[] {
  const { config, store, tenants, changes, credentialUses, deliveryDays, clock, history } = core;
  const replies = new IdempotentReplies(store.resources, clock);
  /** One tenant after another; a fault in one does not keep the others from their turn. */
  const forEachTenant = async (work: (tenant: string) => Promise<unknown>): Promise<void> => {
    const faults: unknown[] = [];
    for (const { id } of tenants.all()) await work(id).catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateError(faults);
  };
  return [
    { everyMs: sweepMs, atStart: true, run: () => changes.finish(), failure: 'an erased tenant is not all gone yet' },
    {
      everyMs: sweepMs,
      atStart: true,
      run: () => goOnResealing(core),
      failure: 'what older keys have sealed could not be sealed again',
    },
    {
      everyMs: sweepMs,
      atStart: true,
      run: () => sealAttributes(core),
      failure: 'secrets of resources that were stored in clear could not be sealed',
    },
    { everyMs: tenantsMs, run: () => tenants.refresh(), failure: 'changes of tenants could not be read' },
    { everyMs: flushMs, run: () => web.recorder.flush(), failure: 'calls could not be filed in the request log' },
    {
      everyMs: trailMs,
      run: () => history.trail.flush(),
      failure: 'refused and read calls could not be noted for the audit',
    },
    {
      everyMs: streamsMs,
      atStart: true,
      run: () => forEachTenant((id) => core.streams.pump.look(id)),
      failure: 'streams of the audit could not be looked after',
    },
    {
      everyMs: checkpointMs,
      run: () => forEachTenant((id) => history.checkpointer.look(id)),
      failure: 'the audit could not be signed',
    },
    { everyMs: flushMs, run: () => web.uses.flush(), failure: 'what was done with messages could not be noted' },
    {
      everyMs: purgeMs,
      firstWithinMs: firstPurgeMs,
      failure: 'old calls could not be removed from the request log',
      run: () =>
        forEachTenant((id) => store.requests.purge(id, daysAgo(tenants.of(id).settings.requestLog.keepDays, clock))),
    },
    {
      everyMs: purgeMs,
      firstWithinMs: firstPurgeMs,
      failure: 'old deliveries could not be removed from the outbox',
      run: () =>
        forEachTenant((id) => store.outbox.purge(id, daysAgo(tenants.of(id).settings.deliveries.keepDays, clock))),
    },
    {
      everyMs: purgeMs,
      firstWithinMs: firstPurgeMs,
      failure: 'old events of the audit could not be forgotten',
      run: () => forEachTenant((id) => history.retention.run(id)),
    },
    {
      everyMs: purgeMs,
      firstWithinMs: firstPurgeMs,
      failure: 'old answers to batches could not be removed',
      run: () => forEachTenant((id) => replies.purge(id, daysAgo(answersKeptDays, clock))),
    },
    {
      everyMs: sweepMs,
      failure: 'failed sign-ins that are out of date could not be removed',
      run: () => store.tallies.purge(clock.now(), talliesKept),
    },
    { everyMs: usesMs, run: () => credentialUses.flush(), failure: 'the last uses of credentials could not be noted' },
    { everyMs: usesMs, run: () => deliveryDays.flush(), failure: 'the messages of the day could not be counted' },
    {
      everyMs: purgeMs,
      atStart: true,
      failure: 'credentials that end soon could not be warned of',
      run: () => forEachTenant((id) => warnOfCredentials({ ...core, ...warnings }, id)),
    },
    { everyMs: sweepMs, failure: 'notes that have ended could not be removed', run: () => store.notes.purge() },
    {
      everyMs: reindexMs,
      atStart: true,
      run: () => reindexing.run(tenants.all().map(({ id }) => id)),
      failure: 'records of an older version could not be indexed again',
    },
    ...(config.worker
      ? [
          ...folders.map((folder) => ({
            everyMs: foldersMs,
            run: oneAtATime(() => folder.look()),
            failure: 'a watched folder could not be looked at',
          })),
          {
            everyMs: sweepMs,
            run: () => sweep.runAll(tenants.all().map(({ id }) => id)),
            failure: 'the onboarding sweep failed',
          },
        ]
      : []),
  ];
}

/** A turn that takes longer than the interval is not joined by another. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  return () => (underWay ??= work().finally(() => (underWay = undefined)));
}

function daysAgo(days: number, clock: Clock): string {
  return new Date(clock.now().getTime() - days * dayMs).toISOString();
}
