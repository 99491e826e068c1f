import type { Json } from '../../base/json.ts';
import type { BulkFault, BulkOperation } from './bulk-request.ts';
import type { OperationNote, RequestNotes, SkippedMembers } from '../model/request-notes.ts';

/** RFC 4918 §11.4: failed for the failure of another. */
export const notCarriedOut = '424';
/** Skipped members whose ids are told of. */
const mostNamed = 20;

/** What was made of all operations of a Bulk request, for the request log. */
export class BulkNotes {
  readonly #rules: Set<string>;
  readonly #dropped: Set<string>;
  #skipped: SkippedMembers | undefined;

  constructor(earlier?: BulkNotes) {
    const { rules = [], dropped = [], skippedMembers } = earlier?.all() ?? {};
    this.#rules = new Set(rules);
    this.#dropped = new Set(dropped);
    this.#skipped = skippedMembers;
  }

  /** Adds what was made of one operation. */
  add({ rules = [], operations = [], dropped = [], skippedMembers }: RequestNotes): void {
    for (const rule of [...rules, ...operations.flatMap((report) => report.rules ?? [])]) this.#rules.add(rule);
    for (const name of dropped) this.#dropped.add(name);
    if (skippedMembers === undefined) return;
    const { count, ids } = this.#skipped ?? { count: 0, ids: [] };
    this.#skipped = { count: count + skippedMembers.count, ids: [...ids, ...skippedMembers.ids].slice(0, mostNamed) };
  }

  /** All of it, each rule and name once. */
  all(): RequestNotes {
    return {
      rules: [...this.#rules],
      dropped: [...this.#dropped],
      ...(this.#skipped === undefined ? {} : { skippedMembers: this.#skipped }),
    };
  }
}

/**
 * How the request log tells of one operation. @param status that it was answered with; undefined when it was not tried
 */
export function noteOf(operation: BulkOperation | BulkFault, status: Json | undefined): OperationNote {
  const outcome =
    status === undefined || status === notCarriedOut ? 'notApplied' : Number(status) < 400 ? 'applied' : 'refused';
  return { op: operation.method, ...('path' in operation ? { path: operation.path } : {}), outcome };
}
