import type { Request, Response } from 'express';
import type { Proof } from '../provisioning/access/access.ts';
import type { Right, DeadRight } from '../provisioning/access/right-to-set.ts';
import type { Fault } from '../page-kit/form-field.ts';
import { html } from '../page-kit/html.ts';
import type { PageContent } from '../page-kit/layout.ts';
import { say } from '../page-kit/page-words.ts';
import { newPasswordFields, passwordRules, ruleFaults, summary, typingFaults } from './password-form.ts';
import { typed } from './posted-form.ts';
import type { Viewer } from '../page-kit/viewer.ts';
import type { Site } from './site.ts';
import type { PageRenderer } from '../page-kit/page-renderer.ts';

/** Where a password is chosen: after an invitation, or because a mailed or old one must be changed. */
export type ChoicePath = '/set-password' | '/change-password';

/** The page on which a person with a valid right chooses a password. */
export function choicePage(
  site: PageRenderer,
  reader: Viewer,
  path: ChoicePath,
  proof: Proof,
  { person, expiresAt }: Extract<Right, { state: 'valid' }>,
  faults: readonly Fault[],
): PageContent {
  const { words, product } = reader;
  const { passwords } = site.settings();
  const intro = path === '/set-password' ? words.setPassword.intro : words.changePassword.required;
  const { title, button } = path === '/set-password' ? words.setPassword : words.changePassword;
  return {
    title,
    body: html`${summary(reader, faults)}
      <p>
        ${person.displayName !== undefined && html`${say(words.setPassword.hello, { name: person.displayName })}<br />`}${say(intro, { product })}
      </p>
      ${passwordRules(reader, passwords)}
      ${site.form(
        reader,
        path,
        { ...proof },
        html`${newPasswordFields(reader, person, passwords, faults)} <button type="submit">${button}</button>`,
      )}
      ${'token' in proof && expiresAt !== null && html`<p class="help">${say(words.setPassword.expires, { date: reader.date(expiresAt) })}</p>`}`,
  };
}

/**
 * Answers a posted choice: stores the password and goes on, or shows the page again with what is wrong.
 * @param refuse answers when the right does not hold (any more)
 */
export async function answerChoice(
  site: Site,
  request: Request,
  response: Response,
  path: ChoicePath,
  proof: Proof,
  refuse: (right: DeadRight) => void,
): Promise<void> {
  const right = await site.keys.lookUp(site.tenant, proof);
  if (right.state !== 'valid') return refuse(right);
  const reader = site.reader(request, right.person);
  const again = (status: number, faults: readonly Fault[]) =>
    site.send(response, status, reader, choicePage(site, reader, path, proof, right, faults));
  if (!site.knowsForm(path, typed(request, 'form'))) return again(403, [{ text: reader.words.faults.formExpired }]);
  const password = typed(request, 'newPassword');
  const faults = typingFaults(reader, password, typed(request, 'repeatPassword'));
  if (faults.length > 0) return again(422, faults);
  const result = await site.keys.setPassword(site.tenant, proof, password);
  if (result.outcome === 'refused') return again(422, ruleFaults(reader, result.faults));
  if (result.outcome === 'void') return refuse(result.right);
  return site.goOn(response, reader, `${path}/done`);
}
