import type { Request, Response, Router } from 'express';
import type { RightToSee } from '../../provisioning/access/password-reveal.ts';
import type { DeadRight } from '../../provisioning/access/right-to-set.ts';
import { codeField } from './code-page.ts';
import { formFaults, formField, type Fault, userNameField } from '../../page-kit/form-field.ts';
import { html } from '../../page-kit/html.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import { buttonLink, helpLine } from '../../page-kit/notice.ts';
import { say } from '../../page-kit/page-words.ts';
import { typed } from '../../page-kit/posted-form.ts';
import { givenToken, lookUpLink } from '../site/link-token.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import type { Site } from '../site/site.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';
import { deadRevealPage } from './dead-reveal-page.ts';
import { deadLinkStatus } from './dead-link-page.ts';

const PATH = '/reveal-password';

/** What a page that asks for proof shows again of what was typed, and what was wrong with it. */
interface Asking {
  readonly userName: string;
  /** The code was asked for: its field is there. */
  readonly codeAsked: boolean;
  readonly faults: readonly Fault[];
}

/**
 * `/reveal-password?token=…`: shows a mailed password once, to a visitor who proves with something that is not in the
 * mail
 * who they are. Opening it, or posting it without the button or with empty fields, changes and shows nothing. The
 * password is the direct answer to the POST, so that it never stands in a URL and no reload brings it back.
 */
export function revealPasswordPage(site: Site): Router {
  const router = site.router();

  router.get(PATH, async (request, response) => {
    const { token, right } = await lookUp(site, givenToken(request) ?? '');
    if (right.state !== 'unknown') site.noteOpening(request, token);
    if (right.state !== 'valid') return sendVoid(site, request, response, token, right);
    const reader = site.reader(request, right.person);
    return site.send(
      response,
      200,
      reader,
      proofPage(site, reader, token, right, { userName: '', codeAsked: false, faults: [] }),
    );
  });

  router.post(PATH, async (request, response) => {
    const { token, right } = await lookUp(site, typed(request, 'token') || (givenToken(request) ?? ''));
    if (right.state !== 'valid') return sendVoid(site, request, response, token, right);
    const reader = site.reader(request, right.person);
    const { faults } = reader.words;
    const given = {
      userName: typed(request, 'userName').trim(),
      code: typed(request, 'code'),
      employeeNumber: typed(request, 'employeeNumber'),
    };
    const asksForCode = right.proof === 'code' && typed(request, 'send') === 'code';
    const codeAsked = right.proof === 'code' && !asksForCode;
    const again = (status: number, now: RightToSee, wrong: readonly Fault[], withCode = codeAsked): void =>
      site.send(
        response,
        status,
        reader,
        proofPage(site, reader, token, now, { userName: given.userName, codeAsked: withCode, faults: wrong }),
      );
    if (!site.knowsForm(PATH, typed(request, 'form'))) return again(403, right, [{ text: faults.formExpired }]);
    if (!asksForCode && typed(request, 'show') !== 'yes') return again(422, right, [], false);
    const missing = [
      ...(given.userName === '' ? [{ field: 'userName', text: faults.userNameMissing }] : []),
      ...(codeAsked && given.code.trim() === '' ? [{ field: 'code', text: faults.codeMissing }] : []),
      ...(right.proof === 'employeeNumber' && given.employeeNumber.trim() === ''
        ? [{ field: 'employeeNumber', text: faults.employeeNumberMissing }]
        : []),
    ];
    if (missing.length > 0) return again(422, right, missing);
    const result = asksForCode
      ? await site.reveals.requestCode(site.tenant, token, given)
      : await site.reveals.reveal(site.tenant, token, given);
    switch (result.outcome) {
      case 'sent':
        return again(200, result.right, [], true);
      case 'wrong':
        site.noteFailure(response, 'signInInvalid', given.userName);
        return again(422, result.right, [{ text: faults.proofInvalid }]);
      case 'codeExpired':
        return again(422, result.right, [{ field: 'code', text: faults.codeExpired }], true);
      case 'void':
        return sendVoid(site, request, response, token, result.right);
      case 'shown':
        return site.send(response, 200, reader, shownPage(site, reader, result.password, result.mustChange));
    }
  });

  return router.router;
}

function lookUp(site: Site, given: string) {
  return lookUpLink(given, async (token) => site.reveals.lookUp(site.tenant, token));
}

/** The page that asks who is there. */
export function proofPage(
  site: PageRenderer,
  reader: Viewer,
  token: string,
  { proof, expiresAt }: RightToSee,
  { userName, codeAsked, faults }: Asking,
): PageContent {
  const { words } = reader;
  const { title, intro, byUserName, byEmployeeNumber, byCode, codeSent, sendCode, button } = words.revealPassword;
  const how = { userName: byUserName, employeeNumber: byEmployeeNumber, code: codeAsked ? codeSent : byCode }[proof];
  const show = html`<button type="submit" name="show" value="yes">${button}</button>`;
  const quiet = codeAsked && html` class="quiet"`;
  const send = html`<button${quiet} type="submit" name="send" value="code">${sendCode}</button>`;
  const number = {
    name: 'employeeNumber',
    label: words.fields.employeeNumber,
    type: 'text',
    autocomplete: 'off',
  } as const;
  const end = expiresAt !== null && say(words.setPassword.expires, { date: reader.date(expiresAt) });
  return {
    title,
    body: html`${formFaults(faults)}
      <p>${!codeAsked && html`${intro} `}${how}</p>
      ${site.form(
        reader,
        PATH,
        { token },
        html`${userNameField(words, userName, faults)}
        ${codeAsked && codeField(site, reader, faults)}
        ${proof === 'employeeNumber' && formField(number, faults)}
        ${(proof !== 'code' || codeAsked) && show} ${proof === 'code' && send}`,
      )}
      ${end !== false && html`<p class="help">${end}</p>`}
      ${helpLine(reader)}`,
  };
}

/** The page with the password on it. */
export function shownPage(site: PageRenderer, reader: Viewer, password: string, mustChange: boolean): PageContent {
  const { words } = reader;
  return {
    title: words.revealPassword.shownTitle,
    body: html`<dl class="secret">
        <dt>${words.fields.password}</dt>
        <dd><code dir="ltr" translate="no">${password}</code></dd>
      </dl>
      <p>${words.revealPassword.once}${mustChange && html` ${words.revealPassword.mustChange}`}</p>
      ${buttonLink(site.href(reader, '/sign-in'), words.ways.signIn)}`,
  };
}

function sendVoid(site: Site, request: Request, response: Response, token: string, right: DeadRight): void {
  const reader = site.reader(request, right.state === 'unknown' ? undefined : right.person);
  site.send(response, deadLinkStatus(right), reader, deadRevealPage(site, reader, right, token));
}
