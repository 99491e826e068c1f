import type { Commit, MembershipChange } from '../../../provisioning/records/resource-store.ts';
import type { PublicPart } from '../../../provisioning/records/public-text.ts';
import { foldCase } from '../../../scim/model/case-fold.ts';
import type { Steps } from '../../../base/cooperative.ts';
import { keysOf } from './record-keys.ts';
import type { RecordKeys } from './record-keys.ts';

/** A commit as rows and JSON text: made where the objects are, cheap to hand to the thread that writes. */
export type CommitRows = PutRows | RemovalRows;

/** The rows of a put. */
export interface PutRows {
  readonly kind: 'put';
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
  readonly expectedVersion: number;
  readonly version: number;
  readonly created: string;
  readonly lastModified: string;
  readonly keys: RecordKeys;
  readonly keysText: string;
  /** What of the resource is shown; all of it where `rest` is null. */
  readonly resource: string;
  /** What put over it makes the whole. */
  readonly rest: string | null;
  /** The terms of the `PublicText`; null where there is none. */
  readonly shownUnder: string | null;
  readonly shownUntil: string | null;
  readonly account: string | null;
  readonly attempt: string | null;
  readonly search: string;
  /** A moment, `never`, or null when it was never judged. */
  readonly dueAt: string | null;
  readonly members?: MemberRows;
  readonly events: readonly EventRow[];
}

/** The rows of a removal. */
export interface RemovalRows {
  readonly kind: 'remove';
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
  readonly expectedVersion: number;
  /** When the groups that lose a member by it change, ISO 8601. */
  readonly at: string;
  readonly events: readonly EventRow[];
}

/**
 * A change of members; each text is a JSON array of so many values, or of so many `[value, type, display, folded
 * display]`.
 */
export interface MemberRows {
  readonly clear: boolean;
  readonly remove: readonly string[];
  readonly add: readonly string[];
}

/** An event; `settled` is 1 where nothing is planned from it, and its body is JSON text. */
export type EventRow = readonly [id: string, tenant: string, resourceId: string, settled: 0 | 1, body: string];

/** The value for a record that time alone never changes: as text it sorts after every moment. */
export const never = 'never';

/** Members in one statement. */
const CHUNK = 200;

/** Texts are written in a frame as they are: the id has no escapes, and something follows `id` and `meta`. */
function isFramed(id: string, { shown }: PublicPart): boolean {
  return /^[\w.-]+$/.test(id) && Object.keys(shown).length > 0;
}

/**
 * The rows of commits, made in steps where they name many members.
 * @param now the present moment
 */
export function* commitRows(commits: readonly Commit[], now: Date): Steps<CommitRows[]> {
  const rows: CommitRows[] = [];
  for (const commit of commits) rows.push(commit.kind === 'put' ? yield* putRows(commit) : removalRows(commit, now));
  return rows;
}

function* putRows(commit: Extract<Commit, { kind: 'put' }>): Steps<PutRows> {
  const { kind, record, expectedVersion, search, members, dueAt, publicPart } = commit;
  const { tenant, type, id, version, created, lastModified, resource, account, attempt } = record;
  const keys = keysOf(commit);
  const rows = {
    kind,
    tenant,
    type,
    id,
    expectedVersion,
    version,
    created,
    lastModified,
    keys,
    keysText: JSON.stringify(keys),
    resource: JSON.stringify(publicPart?.shown ?? resource),
    rest: textOf(publicPart?.rest),
    shownUnder: publicPart !== undefined && isFramed(record.id, publicPart) ? publicPart.under : null,
    shownUntil: publicPart?.until ?? null,
    account: textOf(account),
    attempt: textOf(attempt),
    search: JSON.stringify(search),
    dueAt: dueAt === undefined ? null : (dueAt ?? never),
    events: eventRows(commit),
  };
  return members === undefined ? rows : { ...rows, members: yield* memberRows(members) };
}

function removalRows(commit: Extract<Commit, { kind: 'remove' }>, now: Date): RemovalRows {
  const { kind, tenant, type, id, expectedVersion } = commit;
  return { kind, tenant, type, id, expectedVersion, at: now.toISOString(), events: eventRows(commit) };
}

function* memberRows({ clear, remove, add }: MembershipChange): Steps<MemberRows> {
  return {
    clear,
    remove: yield* texts(remove, (value) => value),
    add: yield* texts(add, ({ value, type, display }) => [
      value,
      type,
      display ?? null,
      display === undefined ? null : foldCase(display),
    ]),
  };
}

function* texts<T>(all: readonly T[], cells: (one: T) => string | readonly (string | null)[]): Steps<string[]> {
  const chunks: string[] = [];
  for (let start = 0; start < all.length; start += CHUNK) {
    if (start > 0) yield;
    chunks.push(JSON.stringify(all.slice(start, start + CHUNK).map(cells)));
  }
  return chunks;
}

function eventRows({ events, settled }: Commit): EventRow[] {
  return events.map((event) => {
    const { id, tenant, resourceId } = event;
    return [id, tenant, resourceId, settled?.has(id) === true ? 1 : 0, JSON.stringify(event)];
  });
}

function textOf(part: object | undefined): string | null {
  return part === undefined ? null : JSON.stringify(part);
}
