import type { IncomingMessage } from 'node:http';

/** Whether a person will see an answer: browsers ask for text/html by name, clients of an API do not. */
export function wantsPage({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return (method === 'GET' || method === 'HEAD') && /\btext\/html\b/i.test((headers.accept ?? '').slice(0, 1000));
}
