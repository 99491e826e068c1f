import type { ErrorRequestHandler } from 'express';
import { noticePage } from '../page-kit/notice.ts';
import type { Site } from './site/site.ts';

/**
 * The end of what cannot be answered otherwise, as a page: a form that cannot be read (4xx), too many of them (429),
 * trouble of our own (500, or the error's own 5xx status), which is reported.
 */
export function troublePage(site: Site, report: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) report(error);
    const reader = site.reader(request);
    const { badRequest, tooMany, unavailable } = reader.words.notices;
    const notice = status >= 500 ? unavailable : status === 429 ? tooMany : badRequest;
    return site.send(response, status, reader, noticePage(reader, notice, undefined));
  };
}

function statusOf(error: unknown): number {
  if (error instanceof Error && error.name === 'StoreUnavailableError') return 503;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
