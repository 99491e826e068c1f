import { Router } from 'express';
import type { Mailbox } from '../notify/mail/mailbox.ts';
import { assets } from '../page-kit/assets.ts';
import { notFoundPage } from './not-found-page.ts';
import { frontPage } from './front-page.ts';
import { changePasswordPage } from './sign-in/change-password-page.ts';
import { forgotPasswordPage } from './sign-in/forgot-password-page.ts';
import { mailboxPage } from './mailbox-page.ts';
import { renewPage } from './first-key/renew-page.ts';
import { revealPasswordPage } from './first-key/reveal-password-page.ts';
import { setPasswordPage } from './first-key/set-password-page.ts';
import { signInPage } from './sign-in/sign-in-page.ts';
import { signedInPage } from './sign-in/signed-in-page.ts';
import { suspendedPage } from './sign-in/suspended-page.ts';
import { Site, type SiteOptions } from './site/site.ts';
import { basePath } from '../page-kit/page-renderer.ts';
import { troublePage } from './trouble-page.ts';
import { verifyEmailPage } from './first-key/verify-email-page.ts';

/** What the hosted pages are given. */
export interface AccountPagesOptions extends SiteOptions {
  /** False while the tenant is suspended: its pages say that they cannot be reached. */
  readonly isServed?: () => boolean;
  /** Present only while mail is captured and may be shown. */
  readonly mailbox?: Mailbox;
}

/** What browsers are told below a tenant that there is not: that nothing is there, in the words of these options. */
export function pagesOfNowhere(options: SiteOptions): Router {
  const { links, router: assetRouter } = assets(basePath(options.publicUrl));
  const site = new Site(options, links);
  return Router().use(assetRouter, notFoundPage(site), troublePage(site, options.report));
}

/**
 * The pages a new employee sees, server-rendered and without script, their stylesheet, and the captured mail. What is
 * none of theirs passes through, unless a browser asks for it: that is told by a page.
 */
export function accountPages({ mailbox, isServed = () => true, ...options }: AccountPagesOptions): Router {
  const router = Router();
  const base = basePath(options.publicUrl);
  const { links, router: assetRouter } = assets(base);
  const site = new Site(options, links);

  router.use(assetRouter);
  router.use(suspendedPage(site, isServed));
  if (mailbox !== undefined) router.use(mailboxPage(mailbox, options.tenant, links, base));
  router.use(
    frontPage(site),
    setPasswordPage(site),
    renewPage(site),
    signInPage(site),
    signedInPage(site),
    forgotPasswordPage(site),
    changePasswordPage(site),
    verifyEmailPage(site),
    revealPasswordPage(site),
  );
  router.use(notFoundPage(site));
  router.use(troublePage(site, options.report));
  return router;
}
