import autocannon from 'autocannon';
import type { Contestant } from './process.ts';

/** What one request looks like. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: string;
}

/** What a run of load measured. */
export interface Measured {
  readonly perSecond: number;
  /** Processor time of the server for one request, in microseconds. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
}

/** How to send. */
export interface LoadOptions {
  readonly seconds: number;
  /** In flight at a time. */
  readonly connections: number;
  readonly headers: Record<string, string>;
}

/** Whoever takes longer for one call, in milliseconds, is asked one by one: more at a time would only stand in line. */
const slow = 100;

/** Sends calls from a generator as fast as they are answered. */
export async function load(server: Contestant, next: () => Call, options: LoadOptions): Promise<Measured> {
  const probe = await oneByOne(server, next, options, 0);
  if (probe.p50 > slow)
    return probe.p50 > options.seconds * 1000 ? probe : oneByOne(server, next, options, options.seconds);
  const before = server.processorTime();
  const {
    '2xx': answered,
    duration,
    latency,
    non2xx,
    errors,
  } = await autocannon({
    url: server.url,
    duration: options.seconds,
    connections: options.connections,
    headers: options.headers,
    requests: [
      {
        setupRequest: (request: autocannon.Request) => {
          const { method, path, body } = next();
          return { ...request, method, path, ...(body === undefined ? {} : { body }) };
        },
      },
    ],
  });
  await server.settled();
  return {
    perSecond: answered / duration,
    cpu: (server.processorTime() - before) / answered,
    p50: latency.p50,
    p99: latency.p99,
    failures: non2xx + errors,
  };
}

/** Sends at least one call. */
async function oneByOne(
  server: Contestant,
  next: () => Call,
  { headers }: LoadOptions,
  seconds: number,
): Promise<Measured> {
  const before = server.processorTime();
  const began = performance.now();
  const times: number[] = [];
  let failures = 0;
  do {
    const sent = performance.now();
    const { method, path, body } = next();
    const answer = await fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    await answer.arrayBuffer();
    if (!answer.ok) failures += 1;
    times.push(performance.now() - sent);
  } while (performance.now() - began < seconds * 1000);
  times.sort((a, b) => a - b);
  const at = (part: number) => Math.round(times[Math.floor((times.length - 1) * part)] ?? 0);
  return {
    perSecond: ((times.length - failures) / (performance.now() - began)) * 1000,
    cpu: (server.processorTime() - before) / times.length,
    p50: at(0.5),
    p99: at(0.99),
    failures,
  };
}
