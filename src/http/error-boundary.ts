import type { ErrorRequestHandler, Response } from 'express';
import type { Log } from '../base/log.ts';
import { StoreUnavailableError } from '../provisioning/records/resource-store.ts';
import { ScimError } from '../scim/model/scim-error.ts';

/** The media type of every SCIM answer (RFC 7644 §3.1). */
export const scimMediaType = 'application/scim+json; charset=utf-8';

/**
 * Answers a SCIM error.
 * @param response nothing of it may have been sent yet
 */
export function sendScimError(response: Response, error: ScimError): void {
  response
    .status(error.status)
    .set(error.headers)
    .set('Content-Type', scimMediaType)
    .send(JSON.stringify(error.body()));
}

/**
 * Makes the one place where errors become answers: a ScimError as it is, what the HTTP layer threw by its status, an
 * unreachable store as 503, everything else as a 500 that tells the caller nothing but the request's id.
 */
export function createErrorBoundary(log: Log): ErrorRequestHandler {
  return (cause: unknown, _request, response, next) => {
    if (response.headersSent) {
      log.warn({ requestId: response.locals.requestId as string, err: cause }, 'an answer broke off');
      next(cause);
      return;
    }
    const error = toScimError(cause, () => logFailure(log, response.locals.requestId as string, cause));
    response.locals.error = error;
    sendScimError(response, error);
  };
}

/**
 * Logs a fault of ours.
 * @returns the id that the line bears, to answer the caller with
 */
export function logFailure(log: Log, requestId: string, cause: unknown): string {
  log.error({ requestId, err: cause }, 'a request failed unexpectedly');
  return requestId;
}

/**
 * Turns anything thrown into the error to answer.
 * @param logUnexpected called for a fault of ours; answers the id that the log line bears
 */
export function toScimError(cause: unknown, logUnexpected: () => string): ScimError {
  if (cause instanceof ScimError) return cause;
  if (cause instanceof StoreUnavailableError) {
    return new ScimError(503, undefined, 'the store cannot be reached at the moment: try again', {
      'Retry-After': '5',
    });
  }
  const status =
    cause instanceof Error && 'status' in cause && typeof cause.status === 'number' ? cause.status : undefined;
  if (status === 413)
    return new ScimError(
      413,
      undefined,
      'the body is too large: see maxPayloadSize in /ServiceProviderConfig, and send it in parts',
    );
  if (status === 415)
    return new ScimError(415, undefined, 'the Content-Encoding cannot be read: send gzip, deflate, br or none');
  if (status !== undefined && status >= 400 && status < 500)
    return new ScimError(status, undefined, 'the request cannot be read: it was cut short or is malformed');
  return new ScimError(
    500,
    undefined,
    `something failed on our side; the log has it under request id ${logUnexpected()}`,
  );
}
