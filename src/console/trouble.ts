import { RoleForbidsError } from './visit/call-operation.ts';
import type { ConsolePage } from './visit/console-answer.ts';
import { errorPage } from './error-page.ts';
import type { Visit } from './visit/visit.ts';

/** The page for an error: its own words where the visitor can mend it. */
export function troublePage(visit: Visit, error: unknown): ConsolePage {
  const status = statusOf(error);
  const isTold = status < 500 && error instanceof Error && !(error instanceof RoleForbidsError);
  return errorPage(visit, status, nameOf(status), isTold ? error.message : undefined);
}

/** The HTTP status of an error; 500 where it has none. */
export function statusOf(error: unknown): number {
  if (error instanceof Error && error.name === 'StoreUnavailableError') return 503;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function nameOf(status: number): 'forbidden' | 'notFound' | 'tooMany' | 'badRequest' | 'unavailable' {
  if (status >= 500) return 'unavailable';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'notFound';
  return status === 429 ? 'tooMany' : 'badRequest';
}
