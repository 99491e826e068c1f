import type { Request, Response } from 'express';
import type { Right, DeadRight } from '../../provisioning/access/right-to-set.ts';
import { formFaults, type Fault } from '../../page-kit/form-field.ts';
import { html } from '../../page-kit/html.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import { say } from '../../page-kit/page-words.ts';
import { newPasswordFields, passwordRules, ruleFaults, typingFaults, userNameLine } from './password-form.ts';
import { typed } from '../../page-kit/posted-form.ts';
import { nothingShown, peekButton, postedEntries, shownFields, type ShownEntries } from './shown-entries.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import type { Site } from '../site/site.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';
import type { Proof } from '../../provisioning/access/access-results.ts';

/** Where a password is chosen: after an invitation, or because a mailed or old one must be changed. */
export type ChoicePath = '/set-password' | '/change-password';

/** The page on which a person with a valid right chooses a password: the field first, all else below it. */
export function choicePage(
  site: PageRenderer,
  reader: Viewer,
  path: ChoicePath,
  proof: Proof,
  { person, expiresAt, ownPasswordBefore = false }: Extract<Right, { state: 'valid' }>,
  faults: readonly Fault[],
  entries: ShownEntries = nothingShown,
): PageContent {
  const { words, product } = reader;
  const { passwords } = site.settings();
  const { title, button } = path === '/set-password' ? words.setPassword : words.changePassword;
  const end =
    'token' in proof && expiresAt !== null && say(words.setPassword.expires, { date: reader.date(expiresAt) });
  return {
    title,
    script: true,
    ...(person.displayName === undefined
      ? {}
      : { greeting: say(words.setPassword.hello, { name: person.displayName }) }),
    body: html`${formFaults(faults)} ${path === '/change-password' && html`<p>${words.changePassword.required}</p>`}
      ${site.form(
        reader,
        path,
        { ...proof, ...shownFields(entries) },
        html`${newPasswordFields(reader, person, passwords, entries, faults)}
          <button type="submit">${button}</button>
          ${peekButton(words, entries)}`,
      )}
      ${passwordRules(reader, passwords, ownPasswordBefore)}
      <div class="help">
        ${path === '/set-password' && html`<p>${say(words.setPassword.intro, { product })}</p>`}
        ${userNameLine(words.fields.userName, person)}
        ${end !== false && html`<p>${end}</p>`}
      </div>`,
  };
}

/**
 * Answers a posted choice: stores the password and goes on, or shows the page again with what is wrong, or with what
 * was typed where the person asked to see it.
 * @param right what the proof is worth
 * @param refuse answers when the right does not hold (any more)
 */
export async function answerChoice(
  site: Site,
  request: Request,
  response: Response,
  path: ChoicePath,
  proof: Proof,
  right: Right,
  refuse: (right: DeadRight) => void,
): Promise<void> {
  if (right.state !== 'valid') return refuse(right);
  const reader = site.reader(request, right.person);
  const entries = postedEntries(request, ['newPassword']);
  const again = (status: number, faults: readonly Fault[]) =>
    site.send(response, status, reader, choicePage(site, reader, path, proof, right, faults, entries));
  if (!site.knowsForm(path, typed(request, 'form'))) return again(403, [{ text: reader.words.faults.formExpired }]);
  if (entries.pressed) return again(200, []);
  const password = typed(request, 'newPassword');
  const faults = typingFaults(reader, password, typed(request, 'repeatPassword'));
  if (faults.length > 0) return again(422, faults);
  const result = await site.keys.setPassword(site.tenant, proof, password);
  if (result.outcome === 'refused') return again(422, ruleFaults(reader, result.faults));
  if (result.outcome === 'void') return refuse(result.right);
  site.browsers.remember(request, response, { ...result.session, ownerId: result.person.userId });
  return site.goOn(response, reader, `${path}/done`);
}
