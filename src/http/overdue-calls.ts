import type { IncomingMessage, ServerResponse } from 'node:http';
import { ScimError } from '../scim/model/scim-error.ts';
import { sinceStart } from '../base/since-start.ts';
import { type HeaderRow, setHeaders } from './common-headers.ts';
import { scimMediaType } from './error-boundary.ts';

/** A client waits so long for an answer, in milliseconds, as long as the store does not answer us. */
export const longestWaitMs = 12_000;

/** How often the calls under way are looked at, in milliseconds. */
const lookMs = 500;

/** The store counts as not answering when the oldest of its answers has been waited for so long, in milliseconds. */
const stalledMs = 1_000;

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>One moment</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>One moment</h1><p>This takes too long at the moment. Please try again in a few seconds.</p></body></html>
`;

/** The calls that have been answered so. */
const overdue = new WeakSet<IncomingMessage>();

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: HeaderRow;
  /** Since when the whole request is here, or what there was of it at the last look. */
  since: number;
}

/**
 * Answers 503 for calls whose answer waits for a store that answers nothing: each command has a deadline, but a call
 * may need several, or wait in line behind others. A call that takes long while the store works on it is left alone.
 * An overdue call writes nothing that has not been handed to the database by then. A command that is there already may
 * still be carried out, as if its answer had been lost on the way.
 */
export class OverdueCalls {
  readonly #waitingMs: () => number;
  readonly #now: () => number;
  readonly #calls = new Set<Call>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param waitingMs how long the store has owed the oldest of its answers
   * @param now milliseconds of a clock that never jumps
   */
  constructor(waitingMs: () => number, now: () => number = sinceStart) {
    this.#waitingMs = waitingMs;
    this.#now = now;
  }

  /**
   * Watches over a call until it is answered.
   * @param headers the header fields of every answer
   * @returns ends the watch: to be called when the call is over
   */
  watch(request: IncomingMessage, response: ServerResponse, headers: HeaderRow = []): () => void {
    const call: Call = { request, response, headers, since: this.#now() };
    this.#calls.add(call);
    this.#timer ??= setInterval(() => this.look(), lookMs).unref();
    return () => {
      this.#calls.delete(call);
    };
  }

  /** Looks at the calls under way. */
  look(): void {
    if (this.#calls.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = this.#now();
    const isStalled = this.#waitingMs() > stalledMs;
    for (const call of this.#calls) {
      if (!call.request.complete) call.since = now;
      if (call.response.headersSent || call.response.destroyed) this.#calls.delete(call);
      else if (isStalled && now - call.since > longestWaitMs) {
        this.#calls.delete(call);
        overdue.add(call.request);
        answerOverdue(call);
      }
    }
  }
}

/** True where a call has been told that the store does not answer: whatever comes of its work goes nowhere. */
export function isOverdue(request: IncomingMessage): boolean {
  return overdue.has(request);
}

function answerOverdue({ request, response, headers }: Call): void {
  const isPage = /\btext\/html\b/i.test(request.headers.accept ?? '');
  const error = new ScimError(503, undefined, 'the store does not answer at the moment: try again');
  const body = isPage ? page : JSON.stringify(error.body());
  setHeaders(response, headers);
  response
    .writeHead(error.status, {
      'Content-Type': isPage ? 'text/html; charset=utf-8' : scimMediaType,
      'Content-Length': Buffer.byteLength(body),
      'Retry-After': '5',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    })
    .end(request.method === 'HEAD' ? undefined : body);
  muffle(response);
}

/** The code that handles the call does not learn of this end; its answer is dropped. */
function muffle(response: ServerResponse): void {
  const nothing = () => response;
  Object.assign(response, {
    setHeader: nothing,
    appendHeader: nothing,
    removeHeader: () => undefined,
    writeHead: nothing,
    flushHeaders: () => undefined,
    write: () => true,
    end: nothing,
  });
}
