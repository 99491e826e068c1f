import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** What a page may load beside its own stylesheet, script and images; each a list of sources. */
export interface PageSources {
  /** Styles; the mailbox shows mails, whose own styles are inline. */
  readonly styles?: readonly string[];
  /** What its script may fetch. */
  readonly connect?: readonly string[];
  /** What it may frame. */
  readonly frames?: readonly string[];
  /** Another site that an image comes from, such as a tenant's logo, as it is at the moment; '' for none. */
  readonly images?: () => string;
}

/**
 * The headers of every page: nothing is loaded or run but our own stylesheet, script and images, no other site may
 * frame it, nothing is kept by caches, no address is told on.
 * @param secure whether the pages are served by https
 */
export function pageHeaders(
  secure: boolean,
  { styles = ["'self'"], connect, frames, images }: PageSources = {},
): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          styleSrc: [...styles],
          ...(connect === undefined ? {} : { connectSrc: [...connect] }),
          ...(frames === undefined ? {} : { frameSrc: [...frames] }),
          scriptSrc: ["'self'"],
          imgSrc: ["'self'", images === undefined ? 'data:' : () => `data: ${images()}`.trim()],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
        },
      },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
      xFrameOptions: { action: 'deny' },
    }),
    (_request, response, next) => {
      response.set({
        'Cache-Control': 'no-store',
        'X-Robots-Tag': 'noindex, nofollow',
        'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
      });
      next();
    },
  ];
}
