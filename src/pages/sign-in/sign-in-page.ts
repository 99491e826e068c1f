import type { Router } from 'express';
import { answerSignIn } from './answer-sign-in.ts';
import { formFaults, formField, type Fault, userNameField } from '../../page-kit/form-field.ts';
import { html } from '../../page-kit/html.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import { otherWays } from '../../page-kit/notice.ts';
import { typed } from '../../page-kit/posted-form.ts';
import {
  nothingShown,
  peekButton,
  postedEntries,
  secretField,
  shownFields,
  type ShownEntries,
} from '../password/shown-entries.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import type { Site } from '../site/site.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';

const PATH = '/sign-in';

/**
 * `/sign-in`: user name and password; a one-time code is taken in the password's place and leads to the choice of a
 * password.
 */
export function signInPage(site: Site): Router {
  const router = site.router();

  router.get(PATH, (request, response) => {
    const reader = site.reader(request);
    site.send(response, 200, reader, signInForm(site, reader, [], ''));
  });

  router.post(PATH, async (request, response) => {
    const reader = site.reader(request);
    const { faults, refusals } = reader.words;
    const userName = typed(request, 'userName').trim();
    const password = typed(request, 'password');
    const entries = postedEntries(request, ['password']);
    const again = (status: number, wrong: readonly Fault[]) =>
      site.send(response, status, reader, signInForm(site, reader, wrong, userName, entries));
    if (!site.knowsForm(PATH, typed(request, 'form'))) return again(403, [{ text: faults.formExpired }]);
    if (entries.pressed) return again(200, []);
    const missing = [
      ...(userName === '' ? [{ field: 'userName', text: faults.userNameMissing }] : []),
      ...(password === '' ? [{ field: 'password', text: faults.passwordMissing }] : []),
    ];
    if (missing.length > 0) return again(422, missing);
    return answerSignIn(site, request, response, userName, password, refusals.invalid, (text) =>
      again(422, [{ text }]),
    );
  });

  return router.router;
}

/** The sign-in form, for a reader who has nothing to prove yet or whose ticket has run out. */
export function signInForm(
  site: PageRenderer,
  reader: Viewer,
  faults: readonly Fault[],
  userName: string,
  entries: ShownEntries = nothingShown,
): PageContent {
  const { words } = reader;
  const password = { name: 'password', label: words.fields.password, autocomplete: 'current-password' } as const;
  return {
    title: words.signIn.title,
    script: true,
    body: html`${formFaults(faults)}
      <p>${words.signIn.intro}</p>
      ${site.form(
        reader,
        PATH,
        shownFields(entries),
        html`${userNameField(words, userName, faults)}
          ${formField(secretField(password, entries), faults)}
          <button type="submit">${words.signIn.button}</button>
          ${peekButton(words, entries)}`,
      )}
      ${otherWays([
        { href: site.href(reader, '/forgot-password'), text: words.ways.forgot },
        { href: site.href(reader, '/set-password'), text: words.ways.code },
      ])}`,
  };
}
