import type { RequestNotes } from './request-notes.ts';

/** The `scimType` keywords of RFC 7644 §3.12, table 9, and those of RFC 9865 §2.1. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

/** The body of a SCIM error answer (RFC 7644 §3.12); `status` is a string. */
export interface ScimErrorBody {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'];
  status: string;
  scimType?: ScimType;
  detail: string;
}

/** What a caller did that SCIM answers with an error: HTTP status, keyword, and a detail that says what to mend. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Which operation of the request is at fault, counted from 0; undefined: the request as a whole. */
  operation: number | undefined;
  /** What was made of the request before it was refused, for the request log. */
  notes: RequestNotes = {};

  /**
   * @param status HTTP status
   * @param scimType keyword of RFC 7644 §3.12, where one applies
   * @param detail for the caller: names the attribute or operation and says what to mend; never holds a secret
   * @param headers further response headers, such as `Allow` or `Retry-After`
   */
  constructor(status: number, scimType: ScimType | undefined, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.name = new.target.name;
    this.status = status;
    this.scimType = scimType;
    this.headers = headers;
  }

  /** Says which operation of the request is at fault, in the detail too. */
  at(operation: number): this {
    this.operation = operation;
    this.message = `Operations[${operation}]: ${this.message}`;
    return this;
  }

  /** The body to answer with. */
  body(): ScimErrorBody {
    return {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(this.status),
      ...(this.scimType === undefined ? {} : { scimType: this.scimType }),
      detail: this.message,
    };
  }
}

/** 400: the filter's grammar, an unknown attribute in it, or an operator its type cannot take (RFC 7644 §3.4.2.2). */
export class InvalidFilterError extends ScimError {
  constructor(detail: string) {
    super(400, 'invalidFilter', detail);
  }
}

/** 400: the query or the change would touch more than the server is willing to (RFC 7644 §3.12). */
export class TooManyError extends ScimError {
  constructor(detail: string) {
    super(400, 'tooMany', detail);
  }
}

/** 409: another resource holds a value that must be unique (RFC 7644 §3.3). */
export class UniquenessError extends ScimError {
  readonly #fault: string;
  /** The id of the resource that has the value; undefined for clients that may not read. */
  readonly holder: string | undefined;

  /**
   * @param fault which attribute is taken
   * @param holder id of the resource that has the value, for clients that may read it
   */
  constructor(fault: string, holder?: string) {
    super(409, 'uniqueness', holder === undefined ? `${fault}.` : `${fault}; its id is ${holder}.`);
    this.#fault = fault;
    this.holder = holder;
  }

  /** The same for a client that may not read: nothing of the other resource. */
  withoutHolder(): UniquenessError {
    const told = new UniquenessError(this.#fault);
    told.notes = this.notes;
    return this.operation === undefined ? told : told.at(this.operation);
  }
}

/** 400: an attempt to change a readOnly or immutable attribute, or to remove a required one (RFC 7644 §3.5.2). */
export class MutabilityError extends ScimError {
  constructor(detail: string) {
    super(400, 'mutability', detail);
  }
}

/** 400: the request body is not of the shape the operation needs (RFC 7644 §3.12). */
export class InvalidSyntaxError extends ScimError {
  constructor(detail: string) {
    super(400, 'invalidSyntax', detail);
  }
}

/** 400: the `path` of a PATCH operation is malformed or names no attribute (RFC 7644 §3.5.2). */
export class InvalidPathError extends ScimError {
  constructor(detail: string) {
    super(400, 'invalidPath', detail);
  }
}

/** 400: the value filter of a PATCH path matched nothing that could be changed (RFC 7644 §3.5.2.3). */
export class NoTargetError extends ScimError {
  constructor(detail: string) {
    super(400, 'noTarget', detail);
  }
}

/** 400: a value is missing, of the wrong type, or not allowed (RFC 7644 §3.12). */
export class InvalidValueError extends ScimError {
  constructor(detail: string) {
    super(400, 'invalidValue', detail);
  }
}

/** 400: the cursor was not given out by this server, or for another query, client or tenant (RFC 9865 §2.1). */
export class InvalidCursorError extends ScimError {
  constructor(detail: string) {
    super(400, 'invalidCursor', detail);
  }
}

/** 400: the cursor was given out too long ago (RFC 9865 §2.1). */
export class ExpiredCursorError extends ScimError {
  constructor(detail: string) {
    super(400, 'expiredCursor', detail);
  }
}

/** 400: `count` is not an integer in a request with a cursor (RFC 9865 §2.1). */
export class InvalidCountError extends ScimError {
  constructor(detail: string) {
    super(400, 'invalidCount', detail);
  }
}

/** 404: no such resource or endpoint. */
export class NotFoundError extends ScimError {
  constructor(detail: string) {
    super(404, undefined, detail);
  }
}

/** 409: the request does not fit the state of the resource. */
export class ConflictError extends ScimError {
  constructor(detail: string) {
    super(409, undefined, detail);
  }
}

/** 412: the resource is not at the version that If-Match names (RFC 7644 §3.14). */
export class PreconditionFailedError extends ScimError {
  constructor(detail: string) {
    super(412, undefined, detail);
  }
}
