import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '../../base/json.ts';
import type { Steps } from '../../base/cooperative.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import { parseSteps } from './parse-body.ts';

/** The largest request body, in bytes. */
export const maxBodyBytes = 4 * 1024 * 1024;

const foreign = /x-www-form-urlencoded|multipart\/|text\/html|xml|image\/|audio\/|video\//i;

/**
 * Turns the bytes of a request into JSON, interruptible where they are many. Any media type that might be JSON is
 * taken, since clients label their JSON in many ways.
 * @param bytes the whole body
 * @param headers of the request
 * @returns undefined for an empty body
 * @throws ScimError 415 for forms, markup and foreign character sets, 413 for more than can be worked through at
 *   once; InvalidSyntaxError for broken UTF-8, broken JSON or deep nesting
 */
export function* readBody(bytes: Buffer, headers: IncomingHttpHeaders): Steps<Json | undefined> {
  if (bytes.length === 0) return undefined;
  const mediaType = headers['content-type'] ?? '';
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(mediaType)?.[1];
  if (foreign.test(mediaType)) {
    throw new ScimError(
      415,
      undefined,
      `Content-Type '${mediaType.slice(0, 100)}' cannot be read: send application/scim+json`,
    );
  }
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new ScimError(415, undefined, `charset '${charset.slice(0, 40)}' cannot be read: send UTF-8`);
  }
  return yield* parseSteps(bytes);
}
