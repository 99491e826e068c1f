import type { Router } from 'express';
import { html, type Html } from '../../page-kit/html.ts';
import { noticePage } from '../../page-kit/notice.ts';
import { tokensIn } from '../site/link-token.ts';
import { typed } from '../../page-kit/posted-form.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import type { Site } from '../site/site.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';

const PATH = '/send-new';

/** The button of an old link's page that sends its holder a new message. */
export function renewForm(site: PageRenderer, reader: Viewer, token: string): Html {
  return site.form(
    reader,
    PATH,
    { token },
    html`<button type="submit" name="send" value="new">${reader.words.ways.sendNew}</button>`,
  );
}

/**
 * `POST /send-new`: a new message for the holder of an old link. It supersedes whatever was sent before, so it wants
 * the button itself (`send=new`): a mail scanner that submits the form without pressing it is shown the button once
 * more.
 */
export function renewPage(site: Site): Router {
  const router = site.router();

  // What is left of a reload: the form itself is gone.
  router.get(PATH, (request, response) => site.goOn(response, site.reader(request), '/forgot-password'));

  router.post(PATH, async (request, response) => {
    const reader = site.reader(request);
    const token = typed(request, 'token');
    if (typed(request, 'send') !== 'new' || !site.knowsForm(PATH, typed(request, 'form'))) {
      return site.send(
        response,
        422,
        reader,
        noticePage(reader, reader.words.notices.expired, renewForm(site, reader, token)),
      );
    }
    for (const one of tokensIn(token)) await site.keys.renew(site.tenant, one);
    return site.goOn(response, reader, '/forgot-password/sent');
  });
  return router.router;
}
