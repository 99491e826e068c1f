import type { Outbox } from '../../../notify/outbox/outbox.ts';
import type { Connection } from '../database/connection.ts';

/** A due delivery, as far as the choice needs it. */
type DueRow = readonly [position: number, due: string, channel: string, domain: string | null];

const CHUNK = 200;

/**
 * Chooses the deliveries to lease: due, oldest first, but of one domain only as many as it may still have under way.
 * One pass over the index of what is due; domains that have their share are left out of it by the database.
 * @returns their positions
 */
export function chooseDue(
  connection: Connection,
  { now, limit, perDomain, channels }: Parameters<Outbox['lease']>[0],
): number[] {
  const time = now.toISOString();
  const underWay = new Map<string, number>(
    connection.all<[string, number]>(
      `SELECT domain, count(*) FROM deliveries WHERE state = 'leased' AND due > ? AND domain IS NOT NULL GROUP BY domain`,
      time,
    ),
  );
  const isFull = (domain: string) => (underWay.get(domain) ?? 0) >= perDomain;
  const chosen: DueRow[] = [];
  // Leases that ran out first: few, and the oldest.
  for (const state of ['leased', 'queued']) {
    let after: readonly [string, number] = ['', 0];
    while (chosen.length < limit) {
      const full = [...underWay.keys()].filter(isFull);
      const rows = connection.all<DueRow>(
        `SELECT position, due, channel, domain FROM deliveries
         WHERE state = ? AND due IS NOT NULL AND due <= ? AND (due, position) > (?, ?)
           AND channel NOT IN (SELECT value FROM json_each(?)) AND (domain IS NULL OR domain NOT IN (SELECT value FROM json_each(?)))
         ORDER BY due, position LIMIT ${CHUNK}`,
        state,
        time,
        ...after,
        JSON.stringify(channels),
        JSON.stringify(full),
      );
      for (const row of rows) {
        const [position, due, , domain] = row;
        after = [due, position];
        if (domain !== null) {
          if (isFull(domain)) continue;
          underWay.set(domain, (underWay.get(domain) ?? 0) + 1);
        }
        chosen.push(row);
        if (chosen.length === limit) break;
      }
      if (rows.length < CHUNK) break;
    }
  }
  return chosen.map(([position]) => position);
}
