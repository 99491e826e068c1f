import type { Json } from '../base/json.ts';

/** One SCIM call with what was made of it, or a call that was turned away before it was known as one. */
export interface RequestLogEntry {
  /** As `X-Request-Id` told the caller. */
  readonly id: string;
  readonly tenant: string;
  /** When the call came: ISO 8601 UTC, milliseconds. */
  readonly at: string;
  /** Absent where the caller is not known. */
  readonly client?: { readonly id: string; readonly name: string };
  readonly method: string;
  /** Of a SCIM call below the SCIM base, of others as it came; percent-encoded, without the query. */
  readonly path: string;
  readonly query?: string;
  readonly status: number;
  /** Until the answer was sent, in milliseconds. */
  readonly ms: number;
  /** Of a call that was turned away: why, in one word (`unknownToken`, `notServed`, `forbidden`, …). */
  readonly outcome?: string;
  /** Of such a call: where it came from, and the last four characters of a token that is not known. */
  readonly address?: string;
  readonly tokenEnd?: string;
  /** Of a refusal: its keyword (RFC 7644 §3.12) and what the caller was told. */
  readonly scimType?: string;
  readonly detail?: string;
  /** The dialect rules that made sense of the request as a whole. */
  readonly rules?: readonly string[];
  /** Of a PATCH its operations, of a Bulk request its calls; the first hundred. */
  readonly operations?: readonly LoggedOperation[];
  /** The attributes that no schema knows. */
  readonly dropped?: readonly string[];
  /** Members that do not exist and were left out: how many, and the ids of the first 20. */
  readonly skippedMembers?: { readonly count: number; readonly ids: readonly string[] };
  /** Only where the tenant keeps bodies; without secrets, and without what is too large to keep. */
  readonly bodies?: { readonly request?: Json; readonly response?: Json };
}

/**
 * What became of one operation. `notApplied`: nothing was wrong with it, but another one of the same request was
 * refused.
 */
export interface LoggedOperation {
  readonly op: string;
  readonly path?: string;
  readonly outcome: 'applied' | 'alreadyTrue' | 'refused' | 'notApplied';
  readonly rules?: readonly string[];
}

/** Which calls to list, the newest first. */
export interface RequestLogQuery {
  readonly tenant: string;
  /** A client's id or name. */
  readonly client?: string;
  /** The lowest and the highest status wanted. */
  readonly status?: { readonly from: number; readonly to: number };
  /** Calls of this moment and later: as in `at`. */
  readonly since?: string;
  /** What the path begins with, in any letter case. */
  readonly path?: string;
  readonly count: number;
  /** `next` of the page before; absent for the first. */
  readonly after?: string;
}

/**
 * A page of the log. It may hold fewer entries than asked for, even none, and still have a `next`: one look goes only
 * so far back.
 */
export interface RequestLogPage {
  readonly entries: readonly RequestLogEntry[];
  /** Where to go on; absent when nothing older is left. */
  readonly next?: string;
}

/** PORT: keeps the SCIM calls of the last days. */
export interface RequestLog {
  /** Files entries; one that is filed already is left as it is. */
  append(entries: readonly RequestLogEntry[]): Promise<void>;
  list(query: RequestLogQuery): Promise<RequestLogPage>;
  /** Forgets a tenant's calls before a moment, given as in `at`. */
  purge(tenant: string, before: string): Promise<void>;
  /** Forgets these calls. @param positions see `positionOf` */
  remove(tenant: string, positions: readonly string[]): Promise<void>;
}

/**
 * The position of an entry in its tenant's log: later calls compare greater. It begins with the moment, so that a
 * moment compares with it.
 */
export function positionOf({ at, id }: Pick<RequestLogEntry, 'at' | 'id'>): string {
  return `${at}/${id}`;
}
