import type { Router } from 'express';
import { formFaults, type Fault, userNameField } from '../../page-kit/form-field.ts';
import { html } from '../../page-kit/html.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import { donePage, helpLine, otherWays } from '../../page-kit/notice.ts';
import { typed } from '../../page-kit/posted-form.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import type { Site } from '../site/site.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';

const PATH = '/forgot-password';

/** `/forgot-password`: sends a way back in to the recorded address; the answer is the same for every name. */
export function forgotPasswordPage(site: Site): Router {
  const router = site.router();

  router.get(PATH, (request, response) => {
    const reader = site.reader(request);
    site.send(response, 200, reader, forgotForm(site, reader, [], ''));
  });

  router.post(PATH, async (request, response) => {
    const reader = site.reader(request);
    const { faults } = reader.words;
    const userName = typed(request, 'userName').trim();
    if (!site.knowsForm(PATH, typed(request, 'form')))
      return site.send(response, 403, reader, forgotForm(site, reader, [{ text: faults.formExpired }], userName));
    if (userName === '')
      return site.send(
        response,
        422,
        reader,
        forgotForm(site, reader, [{ field: 'userName', text: faults.userNameMissing }], ''),
      );
    await site.keys.forgotPassword(site.tenant, userName);
    return site.goOn(response, reader, `${PATH}/sent`);
  });

  router.get(`${PATH}/sent`, (request, response) => {
    const reader = site.reader(request);
    const { ways } = reader.words;
    site.send(
      response,
      200,
      reader,
      donePage(
        reader,
        reader.words.notices.messageSent,
        html`${otherWays([
          { href: site.href(reader, '/set-password'), text: ways.code },
          { href: site.href(reader, '/sign-in'), text: ways.signIn },
        ])}${helpLine(reader)}`,
      ),
    );
  });

  return router.router;
}

/** The form that asks who has forgotten their password. */
export function forgotForm(
  site: PageRenderer,
  reader: Viewer,
  faults: readonly Fault[],
  userName: string,
): PageContent {
  const { words } = reader;
  return {
    title: words.forgot.title,
    body: html`${formFaults(faults)}
      <p>${words.forgot.intro}</p>
      ${site.form(
        reader,
        PATH,
        {},
        html`${userNameField(words, userName, faults)}
          <button type="submit">${words.forgot.button}</button>`,
      )}
      ${otherWays([
        { href: site.href(reader, '/set-password'), text: words.ways.code },
        { href: site.href(reader, '/sign-in'), text: words.ways.signIn },
      ])}`,
  };
}
