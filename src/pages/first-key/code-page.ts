import type { Request, Response } from 'express';
import { answerSignIn } from '../sign-in/answer-sign-in.ts';
import { formFaults, formField, type Fault, userNameField } from '../../page-kit/form-field.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import { otherWays } from '../../page-kit/notice.ts';
import { typed } from '../../page-kit/posted-form.ts';
import type { Site } from '../site/site.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';
import type { Viewer } from '../../page-kit/viewer.ts';

const PATH = '/set-password';

/**
 * The page on which a user name and a one-time code are entered; the code never stands in a URL and is never sent
 * back.
 */
export function codePage(
  site: PageRenderer,
  reader: Viewer,
  faults: readonly Fault[] = [],
  userName = '',
): PageContent {
  const { words } = reader;
  return {
    title: words.enterCode.title,
    body: html`${formFaults(faults)}
      <p>${words.enterCode.intro}</p>
      ${site.form(
        reader,
        PATH,
        {},
        html`${userNameField(words, userName, faults)}
          ${codeField(site, reader, faults)} <button type="submit">${words.enterCode.button}</button>`,
      )}
      ${otherWays([
        { href: site.href(reader, '/forgot-password'), text: words.ways.sendNew },
        { href: site.href(reader, '/sign-in'), text: words.ways.signIn },
      ])}`,
  };
}

/** The field for a one-time code, with the keyboard that the tenant's codes need. */
export function codeField(site: PageRenderer, { words }: Viewer, faults: readonly Fault[]): Html {
  const { code } = site.settings().onboarding;
  const letters = code.uppercase || code.lowercase;
  return formField(
    {
      name: 'code',
      label: words.fields.code,
      type: 'text',
      autocomplete: 'one-time-code',
      inputmode: letters ? 'text' : 'numeric',
      autocapitalize: code.uppercase && !code.lowercase ? 'characters' : 'none',
    },
    faults,
  );
}

/** Answers a posted code: the right one leads to the choice of a password. Spaces typed in it do not count. */
export async function postCode(site: Site, request: Request, response: Response): Promise<void> {
  const reader = site.reader(request);
  const { faults } = reader.words;
  const userName = typed(request, 'userName').trim();
  const code = typed(request, 'code').replace(/\s/g, '');
  const again = (status: number, wrong: readonly Fault[]) =>
    site.send(response, status, reader, codePage(site, reader, wrong, userName));
  if (!site.knowsForm(PATH, typed(request, 'form'))) return again(403, [{ text: faults.formExpired }]);
  const missing = [
    ...(userName === '' ? [{ field: 'userName', text: faults.userNameMissing }] : []),
    ...(code === '' ? [{ field: 'code', text: faults.codeMissing }] : []),
  ];
  if (missing.length > 0) return again(422, missing);
  return answerSignIn(site, request, response, userName, code, faults.codeInvalid, (text) => again(422, [{ text }]));
}
