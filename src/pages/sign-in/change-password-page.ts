import type { Router } from 'express';
import { answerChoice } from '../password/choose-password.ts';
import { formFaults, formField, type Fault } from '../../page-kit/form-field.ts';
import { html } from '../../page-kit/html.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import { buttonLink, donePage, otherWays } from '../../page-kit/notice.ts';
import { continueButton, continueWays } from '../password/continue-ways.ts';
import { say } from '../../page-kit/page-words.ts';
import { newPasswordFields, passwordRules, ruleFaults, typingFaults, userNameLine } from '../password/password-form.ts';
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
import { signInForm } from './sign-in-page.ts';
import { holderOf, type SignedIn, visitorOf } from './signed-in-page.ts';
import type { Site } from '../site/site.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';

const PATH = '/change-password';

/**
 * `/change-password`: for who is signed in, with the current password; or by the ticket of a sign-in that demands a
 * change.
 */
export function changePasswordPage(site: Site): Router {
  const router = site.router();

  router.get(PATH, async (request, response) => {
    const visitor = await visitorOf(site, request, response);
    if (visitor === undefined) return;
    const reader = site.reader(request, visitor.person);
    site.send(response, 200, reader, changeForm(site, reader, visitor, []));
  });

  router.post(PATH, async (request, response) => {
    const ticket = typed(request, 'ticket');
    if (ticket !== '') {
      const right = await site.keys.lookUp(site.tenant, { ticket });
      return answerChoice(site, request, response, PATH, { ticket }, right, () => {
        const reader = site.reader(request);
        site.send(response, 403, reader, signInForm(site, reader, [{ text: reader.words.faults.formExpired }], ''));
      });
    }
    const visitor = await visitorOf(site, request, response);
    if (visitor === undefined) return;
    const { session, person } = visitor;
    const reader = site.reader(request, person);
    const entries = postedEntries(request, ['currentPassword', 'newPassword']);
    const again = (status: number, faults: readonly Fault[]) =>
      site.send(response, status, reader, changeForm(site, reader, visitor, faults, entries));
    if (!site.knowsForm(PATH, typed(request, 'form'), holderOf(session)))
      return again(403, [{ text: reader.words.faults.formExpired }]);
    if (entries.pressed) return again(200, []);
    const current = typed(request, 'currentPassword');
    const password = typed(request, 'newPassword');
    const missing = current === '' ? [{ field: 'currentPassword', text: reader.words.faults.currentMissing }] : [];
    const faults = [...missing, ...typingFaults(reader, password, typed(request, 'repeatPassword'))];
    if (faults.length > 0) return again(422, faults);
    const result = await site.keys.changePassword(session.tenant, session.userId, current, password);
    switch (result.outcome) {
      case 'refused':
        return again(422, ruleFaults(reader, result.faults));
      case 'wrongPassword':
        site.noteFailure(response, 'signInInvalid', person.userName);
        return again(422, [{ field: 'currentPassword', text: reader.words.faults.wrongCurrent }]);
      case 'locked': {
        site.noteFailure(response, 'signInLocked', person.userName);
        const { locked, lockedUntil } = reader.words.refusals;
        return again(422, [
          { text: result.until === undefined ? locked : say(lockedUntil, { when: reader.when(result.until) }) },
        ]);
      }
      case 'done':
        // The change ended every session; this one begins again.
        site.sessions.begin(response, { ...session, grant: result.session });
        site.browsers.remember(request, response, { ...result.session, ownerId: session.userId });
        return site.goOn(response, reader, `${PATH}/done`);
    }
  });

  router.get(`${PATH}/done`, (request, response) => {
    const reader = site.reader(request);
    const { words } = reader;
    const back = { href: site.href(reader, '/signed-in'), text: words.ways.back };
    const on = continueButton(site, reader);
    const next =
      site.sessions.read(request) === undefined
        ? continueWays(site, reader)
        : on === undefined
          ? buttonLink(back.href, back.text)
          : html`${on}${otherWays([back])}`;
    site.send(response, 200, reader, donePage(reader, words.notices.passwordChanged, next));
  });

  return router.router;
}

/** The form in which somebody signed in changes their password. */
export function changeForm(
  site: PageRenderer,
  reader: Viewer,
  { session, person }: SignedIn,
  faults: readonly Fault[],
  entries: ShownEntries = nothingShown,
): PageContent {
  const { words } = reader;
  const { passwords } = site.settings();
  const label = words.fields.currentPassword;
  const current = { name: 'currentPassword', label, autocomplete: 'current-password' } as const;
  return {
    title: words.changePassword.title,
    script: true,
    body: html`${formFaults(faults)}
      <p>${words.changePassword.intro}</p>
      ${site.form(
        reader,
        PATH,
        shownFields(entries),
        html`${formField(secretField(current, entries), faults)}
          ${newPasswordFields(reader, person, passwords, entries, faults)}
          <button type="submit">${words.changePassword.button}</button>
          ${peekButton(words, entries)}`,
        holderOf(session),
      )}
      ${passwordRules(reader, passwords, true)}
      <div class="help">${userNameLine(words.fields.userName, person)}</div>`,
  };
}
