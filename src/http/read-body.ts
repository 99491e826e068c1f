import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '../json.ts';
import { InvalidSyntaxError, ScimError } from '../scim/scim-error.ts';

/** The largest request body, in bytes: what one JSON.parse does without holding up the other requests. */
export const maxBodyBytes = 4 * 1024 * 1024;

const maxDepth = 64;
/** Objects, lists and what stands in them: a list of 50,000 members has some 200,000. */
const maxValues = 300_000;
/** Attributes of one object. */
const maxKeys = 2000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const foreign = /x-www-form-urlencoded|multipart\/|text\/html|xml|image\/|audio\/|video\//i;

/**
 * Turns the bytes of a request into JSON. Any media type that might be JSON is taken, since clients label their JSON in many ways.
 * @param bytes the whole body
 * @param headers of the request
 * @returns undefined for an empty body
 * @throws ScimError 415 for forms, markup and foreign character sets, 413 for more than can be worked through at once; InvalidSyntaxError for broken UTF-8, broken JSON or deep nesting
 */
export function readBody(bytes: Buffer, headers: IncomingHttpHeaders): Json | undefined {
  if (bytes.length === 0) return undefined;
  const mediaType = headers['content-type'] ?? '';
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(mediaType)?.[1];
  if (foreign.test(mediaType)) {
    throw new ScimError(415, undefined, `Content-Type '${mediaType.slice(0, 100)}' cannot be read: send application/scim+json`);
  }
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new ScimError(415, undefined, `charset '${charset.slice(0, 40)}' cannot be read: send UTF-8`);
  }
  refuseExcess(bytes);
  try {
    return JSON.parse(utf8.decode(bytes)) as Json;
  } catch (cause) {
    if (cause instanceof TypeError) throw new InvalidSyntaxError('the body is not valid UTF-8');
    throw new InvalidSyntaxError(`the body is not valid JSON: ${position(cause)}`);
  }
}

/**
 * Counts brackets and commas outside strings, so that a body made to exhaust the stack or the time of others is refused before it is parsed.
 * @throws InvalidSyntaxError for deep nesting; ScimError 413 for too many values, or too many attributes in one object
 */
function refuseExcess(bytes: Buffer): void {
  const commas = new Uint32Array(maxDepth + 1);
  const isObject = new Uint8Array(maxDepth + 1);
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString) {
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      values += 1;
      if (depth > maxDepth) throw new InvalidSyntaxError(`the body nests deeper than ${maxDepth} levels`);
      commas[depth] = 0;
      isObject[depth] = byte === 0x7b ? 1 : 0;
    } else if (byte === 0x5d || byte === 0x7d) depth = Math.max(0, depth - 1);
    else if (byte === 0x2c) {
      values += 1;
      commas[depth]! += 1;
      if (isObject[depth] === 1 && commas[depth]! >= maxKeys) throw new ScimError(413, undefined, `an object of the body has more than ${maxKeys} attributes`);
    }
    if (values > maxValues) throw new ScimError(413, undefined, `the body holds more than ${maxValues} values: send them in several requests`);
  }
}

/** V8's message may quote the text, which may hold a password: only the place is passed on. */
function position(cause: unknown): string {
  const found = cause instanceof Error ? /position (\d+)/.exec(cause.message)?.[1] : undefined;
  return found === undefined ? 'it ends too early or is not JSON at all' : `look at character ${Number(found) + 1}`;
}
