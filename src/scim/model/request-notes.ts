/** What became of an operation, for the request log. */
export interface OperationReport {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path?: string;
  readonly outcome: 'applied' | 'alreadyTrue';
  /** The names of the dialect rules that made sense of it (see `dialects.ts`). */
  readonly rules: readonly string[];
  /** The attributes in its value that no schema knows. */
  readonly dropped?: readonly string[];
}

/** Members that a client named and that do not exist; they were left out, as its profile or the tenant wants it. */
export interface SkippedMembers {
  readonly count: number;
  /** The first 20. */
  readonly ids: readonly string[];
}

/** An operation of a PATCH, or a call of a Bulk request with its method as `op`, as the request log tells of it. */
export interface OperationNote {
  readonly op: string;
  readonly path?: string;
  /** `notApplied`: nothing was wrong with it, but another one of the same request was refused. */
  readonly outcome: OperationReport['outcome'] | 'refused' | 'notApplied';
  readonly rules?: readonly string[];
}

/** What was made of the request, for the request log; holds no values. */
export interface RequestNotes {
  readonly operations?: readonly OperationNote[];
  /** The dialect rules used on the request as a whole. */
  readonly rules?: readonly string[];
  /** The attributes that no schema knows and that were dropped. */
  readonly dropped?: readonly string[];
  /** Members that do not exist and were left out. */
  readonly skippedMembers?: SkippedMembers | undefined;
}
