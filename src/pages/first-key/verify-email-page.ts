import type { Request, Response, Router } from 'express';
import type { DeadRight } from '../../provisioning/access/right-to-set.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { buttonLink, donePage, helpLine, noticePage } from '../../page-kit/notice.ts';
import { typed } from '../../page-kit/posted-form.ts';
import { givenToken, lookUpLink } from '../site/link-token.ts';
import { deadLinkStatus } from './dead-link-page.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import type { Site } from '../site/site.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';

const PATH = '/verify-email';

/**
 * `/verify-email?token=…`: proves an e-mail address. Opening the link shows a button; only pressing it
 * (`confirm=yes`) proves anything.
 */
export function verifyEmailPage(site: Site): Router {
  const router = site.router();

  router.get(PATH, async (request, response) => {
    const { token, right } = await lookUp(site, givenToken(request) ?? '');
    if (right.state !== 'unknown') site.noteOpening(request, token);
    if (right.state !== 'valid') return sendDead(site, request, response, right);
    const reader = site.reader(request, right.person);
    return site.send(response, 200, reader, verifyForm(site, reader, token));
  });

  router.post(PATH, async (request, response) => {
    const { token, right } = await lookUp(site, typed(request, 'token') || (givenToken(request) ?? ''));
    if (right.state !== 'valid') return sendDead(site, request, response, right);
    const reader = site.reader(request, right.person);
    if (typed(request, 'confirm') !== 'yes' || !site.knowsForm(PATH, typed(request, 'form')))
      return site.send(response, 422, reader, verifyForm(site, reader, token));
    if (await site.keys.verifyEmail(site.tenant, token)) return site.goOn(response, reader, `${PATH}/done`);
    // It has ended since it was looked up.
    const { right: now } = await lookUp(site, token);
    return sendDead(site, request, response, now.state === 'valid' ? { state: 'unknown' } : now);
  });

  router.get(`${PATH}/done`, (request, response) => {
    const reader = site.reader(request);
    site.send(response, 200, reader, donePage(reader, reader.words.notices.emailVerified, signInButton(site, reader)));
  });

  return router.router;
}

function lookUp(site: Site, given: string) {
  return lookUpLink(given, async (token) => site.keys.lookUpProof(site.tenant, token));
}

/** The page of a link that proves nothing (any more): that there is a newer message, or what may have happened. */
function sendDead(site: Site, request: Request, response: Response, right: DeadRight): void {
  const reader = site.reader(request, right.state === 'unknown' ? undefined : right.person);
  const { superseded, unknown, emailLinkVoid } = reader.words.notices;
  const notice = right.state === 'superseded' ? superseded : right.state === 'unknown' ? unknown : emailLinkVoid;
  const at = right.state === 'unknown' ? undefined : right.at;
  const ways = html`${signInButton(site, reader)}${helpLine(reader)}`;
  site.send(response, deadLinkStatus(right), reader, noticePage(reader, notice, ways, at));
}

/** The button that proves an address. */
export function verifyForm(site: PageRenderer, reader: Viewer, token: string): PageContent {
  const { title, intro, button } = reader.words.verifyEmail;
  return {
    title,
    body: html`<p>${intro}</p>
      ${site.form(reader, PATH, { token }, html`<button type="submit" name="confirm" value="yes">${button}</button>`)}`,
  };
}

function signInButton(site: PageRenderer, reader: Viewer): Html {
  return buttonLink(site.href(reader, '/sign-in'), reader.words.ways.signIn);
}
