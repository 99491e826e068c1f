import { request, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { isJsonObject, type Json } from '../base/json.ts';
import { systemFault } from '../text/system-fault.ts';
import { rootTenant } from '../tenancy/tenant.ts';

/** Where the commands find a Latchkey: far away by URL and token, or through the socket of a process here. */
export type Place = { readonly url: string; readonly token: string } | { readonly socketPath: string };

/** One call of an API. */
export interface ApiCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Json | undefined;
}

/** Thrown where a call is refused: in the words of the answer. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** Thrown where nothing answers. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** How long an answer may take, in milliseconds. */
const longestAnswerMs = 120_000;

/** How long a server may be silent while it reads a file that it was sent, in milliseconds. */
const longestUploadMs = 3_600_000;

/** Calls an API at a place. */
export class ApiConnection {
  readonly #place: Place;
  readonly #prefix: string;

  /** @param tenant whose data all calls are about */
  constructor(place: Place, tenant: string) {
    this.#place = place;
    this.#prefix = tenant === rootTenant ? '' : `/t/${encodeURIComponent(tenant)}`;
  }

  /**
   * Makes a call.
   * @returns the answer of a call that was done
   * @throws RefusedError with the `detail` of an answer of 400 or more; UnreachableError where nothing answers
   */
  async call(call: ApiCall): Promise<ApiAnswer> {
    const text = call.body === undefined ? undefined : JSON.stringify(call.body);
    const response = await this.#send(call, text);
    return { status: response.statusCode ?? 0, body: await expectDone(response) };
  }

  /**
   * Sends a file, as it is read.
   * @returns the answer
   * @throws as `call` does
   */
  async upload(path: string, file: Readable): Promise<Json | undefined> {
    const headers = { 'Content-Type': 'application/octet-stream', 'Transfer-Encoding': 'chunked' };
    return expectDone(await this.#send({ method: 'POST', path, headers }, file, longestUploadMs));
  }

  /** Gets a file, as it is sent. @throws as `call` does */
  async download(path: string): Promise<AsyncIterable<string>> {
    const response = await this.#send({ method: 'GET', path }, undefined);
    if ((response.statusCode ?? 0) >= 400) await expectDone(response);
    return response.setEncoding('utf8');
  }

  #send(
    { method, path: given, headers }: ApiCall,
    body: string | Readable | undefined,
    timeout = longestAnswerMs,
  ): Promise<IncomingMessage> {
    const text = typeof body === 'string' ? body : undefined;
    const path = `${this.#prefix}${given}`;
    const options = {
      method,
      timeout,
      headers: {
        Accept: 'application/scim+json, application/json',
        ...(text === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
        ...('token' in this.#place ? { Authorization: `Bearer ${this.#place.token}` } : { Host: 'localhost' }),
        ...headers,
      },
    };
    const place = this.#place;
    return new Promise((resolve, reject) => {
      const outgoing =
        'url' in place
          ? (place.url.startsWith('https:') ? secureRequest : request)(
              `${place.url.replace(/\/+$/, '')}${path}`,
              options,
            )
          : request({ ...options, socketPath: place.socketPath, path });
      const name = 'url' in place ? place.url : place.socketPath;
      outgoing.once('timeout', () => outgoing.destroy(new Error('there was no answer in time')));
      outgoing.once('error', (cause) =>
        reject(new UnreachableError(`${name} cannot be reached: ${systemFault(cause)}`, { cause })),
      );
      outgoing.once('response', resolve);
      if (body === undefined || typeof body === 'string') outgoing.end(body);
      else body.once('error', (cause) => outgoing.destroy(cause)).pipe(outgoing);
    });
  }
}

/** @throws RefusedError for an answer of 400 or more */
async function expectDone(response: IncomingMessage): Promise<Json | undefined> {
  const answer = readJson(await textOf(response));
  const status = response.statusCode ?? 0;
  if (status < 400) return answer;
  const detail = isJsonObject(answer) && typeof answer['detail'] === 'string' ? answer['detail'] : undefined;
  throw new RefusedError(status, detail ?? `the server answered ${status}`);
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function readJson(text: string): Json | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
