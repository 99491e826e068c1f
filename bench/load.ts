import autocannon from 'autocannon';

/** What one request looks like. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: string;
}

/** What a run of load measured. */
export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
}

/**
 * Sends calls from a generator as fast as they are answered.
 * @param url of the server
 * @param next makes the next call
 * @param options seconds to run, connections in flight, headers to send
 */
export async function load(url: string, next: () => Call, options: { seconds: number; connections: number; headers: Record<string, string> }): Promise<Measured> {
  const result = await autocannon({
    url,
    duration: options.seconds,
    connections: options.connections,
    headers: options.headers,
    requests: [{
      setupRequest: (request: autocannon.Request) => {
        const { method, path, body } = next();
        return { ...request, method, path, ...(body === undefined ? {} : { body }) };
      },
    }],
  });
  return {
    perSecond: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failures: result.non2xx + result.errors,
  };
}
