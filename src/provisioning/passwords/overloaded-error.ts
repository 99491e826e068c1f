import { ScimError } from '../../scim/model/scim-error.ts';

/** 503 with `Retry-After`: more passwords are waiting to be hashed than can be hashed in reasonable time. */
export class OverloadedError extends ScimError {
  constructor(retryAfterSeconds: number) {
    super(503, undefined, 'The server is busy with other passwords; try again shortly.', {
      'Retry-After': String(retryAfterSeconds),
    });
  }
}
