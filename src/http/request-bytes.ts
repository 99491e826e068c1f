import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { Soon } from '../base/soon.ts';
import { maxBodyBytes } from './json/read-body.ts';

/** Reads the body into `request.body`, inflated where it must be. */
const readAny = express.raw({ type: () => true, limit: maxBodyBytes });

/**
 * The bytes of a request's body, inflated where it must be; undefined where there is none. A body as nearly all clients
 * send it, of a length that is told and not compressed, is taken as it comes, which costs a fraction of the general
 * way.
 * @throws Error with a `status`: 400 for a body that is cut short, 413 for one that is too large, 415 for an encoding
 *   that is not known
 */
export function requestBytes(request: IncomingMessage, response: ServerResponse): Soon<Buffer | undefined> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined && encoding === undefined) return undefined;
  return isPlain(request) ? wholeBody(request) : inflatedBody(request, response);
}

async function inflatedBody(request: IncomingMessage, response: ServerResponse): Promise<Buffer | undefined> {
  await new Promise<void>((resolve, reject) => {
    readAny(request, response, (cause?: Error) => (cause === undefined ? resolve() : reject(cause)));
  });
  return 'body' in request && Buffer.isBuffer(request.body) ? request.body : undefined;
}

/** Node's parser lets through no more and no less than the length that is told. */
function isPlain({ headers }: IncomingMessage): boolean {
  if (headers['content-encoding'] !== undefined || headers['transfer-encoding'] !== undefined) return false;
  return Number(headers['content-length'] ?? Number.NaN) <= maxBodyBytes;
}

function wholeBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const refuse = (): void => reject(Object.assign(new Error('the body was cut short'), { status: 400 }));
    if (request.destroyed) return refuse();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    // Where the connection ends before the body.
    request.once('error', refuse);
  });
}
