import type { Request, Router } from 'express';
import { html, type Html } from '../../page-kit/html.ts';
import { buttonLink, donePage, helpLine, noticePage } from '../../page-kit/notice.ts';
import { typed } from '../../page-kit/posted-form.ts';
import { givenToken, tokensIn } from '../site/link-token.ts';
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
    const given = givenToken(request) ?? '';
    const tokens = tokensIn(given);
    const reader = await readerOf(site, request, tokens);
    for (const token of tokens) site.noteOpening(request, token);
    site.send(response, 200, reader, verifyForm(site, reader, tokens.length === 1 ? (tokens[0] ?? given) : given));
  });

  router.post(PATH, async (request, response) => {
    const token = typed(request, 'token') || (givenToken(request) ?? '');
    const reader = await readerOf(site, request, tokensIn(token));
    if (typed(request, 'confirm') !== 'yes' || !site.knowsForm(PATH, typed(request, 'form'))) {
      return site.send(response, 422, reader, verifyForm(site, reader, token));
    }
    for (const one of tokensIn(token)) {
      if (await site.keys.verifyEmail(site.tenant, one)) return site.goOn(response, reader, `${PATH}/done`);
    }
    return site.send(
      response,
      410,
      reader,
      noticePage(reader, reader.words.notices.emailLinkVoid, html`${signInButton(site, reader)}${helpLine(reader)}`),
    );
  });

  router.get(`${PATH}/done`, (request, response) => {
    const reader = site.reader(request);
    site.send(response, 200, reader, donePage(reader, reader.words.notices.emailVerified, signInButton(site, reader)));
  });

  return router.router;
}

/** The person the link went to: their own language comes before the browser's. */
async function readerOf(site: Site, request: Request, tokens: readonly string[]): Promise<Viewer> {
  for (const token of tokens) {
    const person = await site.keys.addresseeOf(site.tenant, token);
    if (person !== undefined) return site.reader(request, person);
  }
  return site.reader(request);
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
