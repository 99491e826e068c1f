import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Json } from '../base/json.ts';
import { JsonText } from '../base/json-text.ts';
import { soon, type Soon } from '../base/soon.ts';
import { inTurns } from '../base/cooperative.ts';
import type { ScimResponse } from '../scim/port/scim-request.ts';
import type { HeaderRow } from './common-headers.ts';
import { scimMediaType } from './error-boundary.ts';
import { jsonTextSteps } from './json/json-text.ts';

/** An answer whose body is JSON. */
export interface JsonAnswer extends Pick<ScimResponse, 'status'> {
  readonly body: Json | JsonText;
}

/**
 * Writes a SCIM answer, as fast as the client reads; answers when all of it is on its way.
 * @param common header fields of every answer, which go out with its own in one write
 * @returns how many bytes its body has; undefined where it has none or is streamed
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Omit<ScimResponse, 'log'>,
  common: HeaderRow = [],
): Soon<number | undefined> {
  const row = [...common];
  for (const name in headers) row.push(name, headers[name]!);
  if (body === undefined) {
    response.writeHead(status, row).end();
    return undefined;
  }
  row.push('Content-Type', mediaTypeFor(request.headers.accept));
  if (!isStream(body)) return writeJson(request, response, { status, row, body });
  response.writeHead(status, row);
  if (request.method !== 'HEAD') return flow(body, response).then(() => undefined);
  response.end();
  return undefined;
}

/**
 * Writes a JSON body, made and sent without holding up other requests.
 * @param response with its Content-Type set
 */
export async function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body }: JsonAnswer,
): Promise<void> {
  await writeJson(request, response, { status, row: [], body });
}

/** @returns how many bytes it is */
function writeJson(
  request: IncomingMessage,
  response: ServerResponse,
  { status, row, body }: JsonAnswer & { readonly row: string[] },
): Soon<number> {
  const text = body instanceof JsonText ? body : inTurns(jsonTextSteps(body));
  return soon(text, (made) => writeText(request, response, { status, row, body: made }));
}

function writeText(
  request: IncomingMessage,
  response: ServerResponse,
  {
    status,
    row,
    body: { pieces, bytes },
  }: { readonly status: number; readonly row: string[]; readonly body: JsonText },
): Soon<number> {
  response.writeHead(status, [...row, 'Content-Length', String(bytes)]);
  // A text leaves in one piece with the header fields; bytes would be a second one.
  if (request.method === 'HEAD') response.end();
  else if (pieces.length === 1) response.end(pieces[0]);
  else return flow(pieces, response).then(() => bytes);
  return bytes;
}

/** Writes a file to keep, piece by piece. @param file its name is ASCII */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { name, type, chunks }: { readonly name: string; readonly type: string; readonly chunks: AsyncIterable<string> },
): Promise<void> {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Disposition', `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.writeHead(200);
  if (request.method === 'HEAD') response.end();
  else await flow(chunks, response);
}

/** Whether a body is JSON text in pieces, rather than JSON. */
export function isStream(body: ScimResponse['body']): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** Writes piece by piece; a client that disconnects in the middle is not an error. */
async function flow(
  pieces: AsyncIterable<string> | Iterable<string | Buffer>,
  response: ServerResponse,
): Promise<void> {
  await pipeline(Readable.from(pieces), response).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw cause;
  });
}

/** Some clients (OneLogin) parse only what is labelled application/json, and say so in Accept. */
function mediaTypeFor(accept: string | undefined): string {
  return accept !== undefined && /application\/json/i.test(accept) && !/application\/scim\+json/i.test(accept)
    ? 'application/json; charset=utf-8'
    : scimMediaType;
}
