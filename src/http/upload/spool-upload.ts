import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { InvalidSyntaxError, ScimError } from '../../scim/model/scim-error.ts';

/** A file that came with a request, for as long as the request is worked on. */
export interface Upload {
  /** As the sender calls it; undefined where they do not. */
  readonly name: string | undefined;
  /** Where it lies on this machine. */
  readonly path: string;
  /** The other fields of a form, each once. */
  readonly fields: Readonly<Record<string, string>>;
  /** Removes it. */
  done(): Promise<void>;
}

/** The largest file, in bytes. */
export const maxUploadBytes = 2 * 1024 * 1024 * 1024;

const mostFields = 50;
const fieldBytes = 256 * 1024;

/**
 * Writes the file of a request to a private file in the temporary folder, in constant memory: the body itself, or the
 * one file of a form (`multipart/form-data`, RFC 7578).
 * @throws InvalidSyntaxError for a form without a file; ScimError 413 for more than `maxUploadBytes`
 */
export async function spoolUpload(request: IncomingMessage): Promise<Upload> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-upload-'));
  const path = join(folder, 'file');
  const done = () => rm(folder, { recursive: true, force: true });
  try {
    if (!/^multipart\/form-data/i.test(request.headers['content-type'] ?? '')) {
      await store(request, path);
      return { name: undefined, path, fields: {}, done };
    }
    return { ...(await spoolForm(request, path)), path, done };
  } catch (cause) {
    await done();
    throw cause;
  }
}

async function spoolForm(
  request: IncomingMessage,
  path: string,
): Promise<{ readonly name: string | undefined; readonly fields: Record<string, string> }> {
  const form = new Busboy({
    headers: request.headers as { 'content-type': string },
    limits: { files: 1, fields: mostFields, fieldSize: fieldBytes, fileSize: maxUploadBytes + 1 },
  });
  const fields: Record<string, string> = {};
  let name: string | undefined;
  let written: Promise<void> | undefined;
  form.on('field', (field, value) => {
    if (Object.keys(fields).length < mostFields) Object.defineProperty(fields, field, { value, enumerable: true });
  });
  form.on('file', (_field, stream, filename) => {
    name = filename;
    written = store(stream, path);
    written.catch(() => stream.resume());
  });
  try {
    await pipeline(request, form);
  } catch (cause) {
    if (written !== undefined) await written;
    throw cause instanceof ScimError ? cause : new InvalidSyntaxError('The form cannot be read: it ends too early.');
  }
  if (written === undefined) throw new InvalidSyntaxError('The form holds no file: add one as the field "file".');
  await written;
  return { name, fields };
}

async function store(stream: Readable, path: string): Promise<void> {
  let bytes = 0;
  const counted = new Transform({
    transform(piece: Buffer, _encoding, pass) {
      bytes += piece.length;
      if (bytes > maxUploadBytes) pass(new ScimError(413, undefined, 'The file is larger than 2 GB.'));
      else pass(null, piece);
    },
  });
  await pipeline(stream, counted, createWriteStream(path, { mode: 0o600 }));
}
