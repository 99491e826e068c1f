import { pipeline, Readable } from 'node:stream';
import type { Response } from 'express';
import type { Download } from './visit/console-answer.ts';

/** Sends a file as the answer to a page's request. */
export function sendDownload(response: Response, { content, type, headers }: Download): void {
  response.status(200).set({ 'Content-Type': type, ...headers });
  if (typeof content === 'string' || Buffer.isBuffer(content)) response.send(content);
  // A browser that disconnects in the middle is not an error.
  else pipeline(Readable.from(content), response, () => undefined);
}
