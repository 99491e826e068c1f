import type { EventLog } from './event-log.ts';

/**
 * Seals as many events of a tenant as wait now, the oldest first. What comes meanwhile may wait, or this would not end
 * while others write.
 * @param atOnce events that one write seals at most
 */
export async function sealWaiting(
  log: Pick<EventLog, 'unsealed' | 'seal'>,
  tenant: string,
  atOnce: number,
): Promise<void> {
  const waiting = (await log.unsealed()).find((tail) => tail.tenant === tenant)?.events ?? 0;
  for (let sealed = 0; sealed < waiting;) {
    const some = await log.seal(tenant, atOnce);
    if (some === 0) return;
    sealed += some;
  }
}
