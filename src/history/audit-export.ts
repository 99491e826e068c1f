import { auditResource } from './audit-event.ts';
import type { ChainEntry, ChainHead } from './chain-entry.ts';
import type { EventLog } from './event-log.ts';

/** The first line of an export: whose it is, and what the first entry follows on. */
export interface ExportStart {
  readonly export: { readonly tenant: string; readonly seq: number; readonly hash: string; readonly frontier: string };
}

/** An entry's line: the entry as it was sealed, and the event as people read it. */
export interface ExportLine {
  readonly entry: ChainEntry;
  readonly event: ReturnType<typeof auditResource>;
}

/** The last line: what the lines before it come to, and a signed checkpoint over it. */
export interface ExportReceipt {
  readonly receipt: {
    readonly tenant: string;
    readonly entries: number;
    readonly first: number;
    readonly last: number;
    readonly hash: string;
    readonly root: string;
    readonly exportedAt: string;
    readonly checkpoint?: string;
  };
}

const chunk = 500;

/**
 * The audit of a tenant as JSON Lines, all that is sealed at the moment of the call.
 * @param sign makes a checkpoint over the end of the chain
 */
export async function* exportLines(
  events: Pick<EventLog, 'base' | 'head' | 'read'>,
  tenant: string,
  now: Date,
  sign?: (head: ChainHead) => Promise<string>,
): AsyncGenerator<string> {
  const base = await events.base(tenant);
  const end = await events.head(tenant);
  const start: ExportStart = { export: { tenant, seq: base.seq, hash: base.hash, frontier: base.frontier.toString() } };
  yield `${JSON.stringify(start)}\n`;
  let entries = 0;
  for (let after = base.seq; after < end.seq;) {
    const some = (await events.read(tenant, after, chunk)).filter(({ seq }) => seq <= end.seq);
    const last = some.at(-1);
    if (last === undefined) break;
    entries += some.length;
    after = last.seq;
    yield some
      .map((entry): ExportLine => ({ entry, event: auditResource(entry) }))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
  }
  const checkpoint = await sign?.(end);
  const receipt: ExportReceipt = {
    receipt: {
      tenant,
      entries,
      first: base.seq + 1,
      last: end.seq,
      hash: end.hash,
      root: end.frontier.root.toString('base64'),
      exportedAt: now.toISOString(),
      ...(checkpoint === undefined || checkpoint === '' ? {} : { checkpoint }),
    },
  };
  yield `${JSON.stringify(receipt)}\n`;
}
