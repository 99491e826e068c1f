import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { expect } from 'chai';
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts';
import { matchJson } from './match-json.ts';

/** What a client says to a server and what it must hear, as plain data. */
export interface Journey {
  readonly name: string;
  /** Who sends it, and who says so. */
  readonly source: string;
  /** The dialects of the clients it is replayed by; default: `auto`. */
  readonly profiles?: readonly string[];
  /** Sent with every step; a client that is silent sends none of its own accord. */
  readonly headers?: Headers;
  readonly steps: readonly Step[];
}

/** One request with what must come back. `{{name}}` stands for a captured value anywhere in it. */
export interface Step {
  readonly step: string;
  /** `GET /Users/{{id}}`, the path below the SCIM base; what a URL cannot hold is percent-encoded. */
  readonly send: string;
  readonly headers?: Headers;
  /** JSON, or the text to be sent as it is. */
  readonly body?: Json;
  /** By profile where they differ. */
  readonly status: number | Readonly<Record<string, number>>;
  /** Patterns of headers; null: must not be there. */
  readonly answers?: Headers;
  /** See `matchJson`; null: there is no body. */
  readonly expect?: Json;
  /**
   * Names for parts of the answer: `Resources.0.id` of the body, `header etag`, or an empty path for the whole body.
   */
  readonly capture?: Readonly<Record<string, string>>;
}

type Headers = Readonly<Record<string, string | null>>;

/** What came back, with nothing made of it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const agent = new Agent({ keepAlive: true });
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

/** Short names of URNs that every journey may use. */
const urns: Readonly<Record<string, string>> = {
  U: 'urn:ietf:params:scim:schemas:core:2.0:User',
  G: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  L: latchkey,
  E: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  P: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  S: 'urn:ietf:params:scim:api:messages:2.0:SearchRequest',
  List: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  Error: 'urn:ietf:params:scim:api:messages:2.0:Error',
};

/**
 * Sends exactly the headers given and `Host`, as `fetch` cannot.
 * @param url percent-encoded
 */
export function sendRaw(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const sent = httpRequest(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .once('error', reject)
        .once('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          });
        });
    });
    sent.once('error', reject).end(body);
  });
}

/** Who replays a journey, and where. */
export interface Replayer {
  /** The SCIM base URL. */
  readonly base: string;
  readonly token: string;
  readonly profile: string;
  /** Makes the names of this replay its own: `{{unique}}`. */
  readonly unique: string;
}

/**
 * Replays a journey. Whatever its steps expect, no answer may fail on our side, be anything but SCIM, or hold a
 * password.
 */
export async function replay(journey: Journey, { base, token, profile, unique }: Replayer): Promise<void> {
  const known = new Map<string, Json>(Object.entries({ ...urns, unique, base, token }));
  for (const [index, step] of journey.steps.entries()) {
    const name = `step ${index + 1}, ${step.step}`;
    const {
      send,
      body,
      expect: wanted,
      answers = {},
    } = fill({ send: step.send, body: step.body, expect: step.expect, answers: step.answers }, known);
    const space = send.indexOf(' ');
    const headers = definedHeaders(
      fill({ Authorization: `Bearer ${token}`, ...journey.headers, ...step.headers }, known),
    );
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await sendRaw(send.slice(0, space), base + encoded(send.slice(space + 1)), headers, sent);
    const said = `${name}: ${send}\n${sent ?? ''}\nanswered ${answer.status} ${answer.text.slice(0, 2000)}\n`;
    expect(answer.status, said).to.equal(typeof step.status === 'number' ? step.status : step.status[profile]);
    const heard = readAnswer(answer, said);
    for (const [header, pattern] of Object.entries(answers))
      expectHeader(answer.headers[header.toLowerCase()], header, pattern, said);
    if (wanted === null) expect(answer.text, said).to.equal('');
    else if (wanted !== undefined) expect(matchJson(heard, wanted), said).to.deep.equal([]);
    for (const [as, path] of Object.entries(step.capture ?? {}))
      known.set(as, captured(path, heard, answer.headers, said));
  }
}

/** What is true of every answer. */
function readAnswer({ status, headers, text }: RawAnswer, said: string): Json | undefined {
  expect(status < 500 || status === 501, `a fault of ours in ${said}`).to.equal(true);
  if (text === '') return undefined;
  expect(headers['content-type'], said).to.match(/^application\/(scim\+)?json; charset=utf-8$/);
  expect(text, said).not.to.match(/"password":|:null|\[null/);
  const body = JSON.parse(text) as Json;
  if (status >= 400) {
    expect(body, said)
      .to.include({ status: String(status) })
      .and.to.have.property('schemas')
      .that.deep.equals([urns['Error']]);
    expect(body, said).to.have.property('detail').that.is.a('string').with.lengthOf.above(15);
  } else if (isJsonObject(body) && typeof body['totalResults'] !== 'undefined') expectList(body, said);
  return body;
}

function expectList({ schemas, totalResults, itemsPerPage, startIndex, Resources }: JsonObject, said: string): void {
  expect(schemas, said).to.deep.equal([urns['List']]);
  expect([typeof totalResults, typeof itemsPerPage, typeof startIndex], said).to.deep.equal([
    'number',
    'number',
    'number',
  ]);
  expect(Array.isArray(Resources) ? Resources.length : 0, said).to.equal(itemsPerPage);
}

function expectHeader(actual: string | string[] | undefined, name: string, pattern: string | null, said: string): void {
  if (pattern === null) expect(actual, `${name} of ${said}`).to.equal(undefined);
  else expect(String(actual), `${name} of ${said}`).to.match(new RegExp(pattern, 'i'));
}

function captured(path: string, body: Json | undefined, headers: IncomingHttpHeaders, said: string): Json {
  const header = /^header (.+)$/.exec(path)?.[1];
  let found: Json | undefined = body;
  if (header !== undefined) found = headers[header.toLowerCase()]?.toString();
  else if (path !== '')
    for (const part of path.split('.'))
      found = Array.isArray(found) ? found[Number(part)] : isJsonObject(found) ? found[part] : undefined;
  if (found === undefined) throw new Error(`there is no ${path} to capture in ${said}`);
  return found;
}

/**
 * Puts the captured values in, in keys as well; a text that is nothing but one placeholder becomes the value itself.
 */
function fill<T>(value: T, known: ReadonlyMap<string, Json>): T;
function fill(value: unknown, known: ReadonlyMap<string, Json>): unknown {
  if (typeof value === 'string') {
    const whole = /^\{\{(\w+)\}\}$/.exec(value)?.[1];
    return whole === undefined ? filled(value, known) : (known.get(whole) ?? value);
  }
  if (Array.isArray(value)) return value.map((one: unknown) => fill(one, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [filled(key, known), fill(one as unknown, known)]),
  );
}

function filled(text: string, known: ReadonlyMap<string, Json>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => {
    const value = known.get(name);
    if (value === undefined) throw new Error(`${placeholder} was never captured`);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function definedHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== null));
}

function encoded(path: string): string {
  return path.replace(/[^\x21-\x7e]+|["<>\\^`{|}]/g, encodeURIComponent);
}
