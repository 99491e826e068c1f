import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

/** A listener of its own that answers `GET /metrics`, and nothing else. */
export function metricsServer(metrics: Pick<Metrics, 'text' | 'contentType'>): Server {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8 * 1024 });
  server.on('request', (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Ask for GET /metrics.\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () =>
        response
          .writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8' })
          .end('The numbers cannot be read now.\n'),
    );
  });
  return server;
}
