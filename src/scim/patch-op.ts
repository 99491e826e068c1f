import type { Json } from '../json.ts';

/** One operation of a PATCH request (RFC 7644 §3.5.2), `op` in lower case, `value` as sent. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path?: string;
  readonly value?: Json;
}

/** What became of an operation, for the request log. */
export interface OperationReport {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path?: string;
  readonly outcome: 'applied' | 'alreadyTrue';
  /** The names of the dialect rules that made sense of it (see `dialects.ts`). */
  readonly rules: readonly string[];
}
