import { Router, type RequestHandler } from 'express';
import type { Mailbox } from '../notify/mail/mailbox.ts';
import { assets } from '../page-kit/assets.ts';
import { changePasswordPage } from './change-password-page.ts';
import { forgotPasswordPage } from './forgot-password-page.ts';
import { mailboxPage } from './mailbox-page.ts';
import { pageHeaders } from '../page-kit/page-headers.ts';
import { renewPage } from './renew-page.ts';
import { revealPasswordPage } from './reveal-password-page.ts';
import { setPasswordPage } from './set-password-page.ts';
import { signInPage } from './sign-in-page.ts';
import { signedInPage } from './signed-in-page.ts';
import { Site, type SiteOptions } from './site.ts';
import { basePath } from '../page-kit/page-renderer.ts';
import { troublePage } from './trouble-page.ts';
import { verifyEmailPage } from './verify-email-page.ts';

/** What the hosted pages are given. */
export interface AccountPagesOptions extends SiteOptions {
  /** Present only while mail is captured. */
  readonly mailbox?: Mailbox;
  /** Stands before every POST, for limits per address: an error with `status` 429 becomes a page. */
  readonly limit?: RequestHandler;
}

const PAGES = [
  '/set-password',
  '/set-password/done',
  '/send-new',
  '/sign-in',
  '/signed-in',
  '/sign-out',
  '/signed-out',
  '/forgot-password',
  '/forgot-password/sent',
  '/change-password',
  '/change-password/done',
  '/verify-email',
  '/verify-email/done',
  '/reveal-password',
];

/**
 * The pages a new employee sees, server-rendered and without script, their stylesheet, and the captured mail. What is
 * none of theirs passes through untouched.
 */
export function accountPages({ mailbox, limit, ...options }: AccountPagesOptions): Router {
  const router = Router();
  const base = basePath(options.publicUrl);
  const { links, router: assetRouter } = assets(base);
  const site = new Site(options, links);

  router.use(assetRouter);
  if (mailbox !== undefined) router.use(mailboxPage(mailbox, links, base));
  router.all(PAGES, ...pageHeaders(site.origin.startsWith('https:')));
  if (limit !== undefined) router.post(PAGES, limit);
  router.use(
    setPasswordPage(site),
    renewPage(site),
    signInPage(site),
    signedInPage(site),
    forgotPasswordPage(site),
    changePasswordPage(site),
    verifyEmailPage(site),
    revealPasswordPage(site),
  );
  router.use(troublePage(site, options.report));
  return router;
}
