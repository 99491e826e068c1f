import { html, type Html } from '../../page-kit/html.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import { checkField, copyField, faultLine, noticeBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import type { FieldFaults } from './person-faults.ts';

/** A password that is typed or generated, sent or not, to be changed or kept. */
export function passwordFields(visit: Visit, isPosted: boolean, faults: FieldFaults = {}): Html {
  const { password: fault, forceChange } = faults;
  const way = visit.field('way') || 'generate';
  const radio = (value: string): Html => html`<div class="check">
    <input type="radio" id="way-${value}" name="way" value="${value}"${way === value && html` checked`}
      aria-describedby="way-${value}-hint" />
    <label for="way-${value}">${visit.t(`people.password_.${value}`)}</label>
    <p class="hint" id="way-${value}-hint">${visit.t(`people.password_.${value}Hint`)}</p>
  </div>`;
  return html`<fieldset>
      <legend>${visit.t('people.password_.way')}</legend>
      ${radio('generate')} ${radio('type')}
    </fieldset>
    <div class="field typed">
      <label for="password">${visit.t('people.password_.typed')}</label>
      <p class="hint"
        id="password-hint">${visit.say('people.password_.rules', { count: visit.settings.passwords.minLength })}</p>
      ${fault !== undefined && faultLine('password-fault', fault)}
      <input id="password" name="password" type="password" value="${visit.rawField('password')}"
        autocomplete="new-password" spellcheck="false" maxlength="4096" dir="auto"
        aria-describedby="password-hint${fault !== undefined && ' password-fault'}"${
          fault !== undefined && html` aria-invalid="true" autofocus`
        } />
    </div>
    ${checkField(
      'send',
      visit.t('people.password_.send'),
      isPosted ? visit.field('send') === 'on' : true,
      visit.t('people.password_.sendHint'),
    )}
    ${forceChange !== undefined && faultLine('forceChange-fault', forceChange)}
    ${checkField(
      'forceChange',
      visit.t('people.password_.forceChange'),
      isPosted ? visit.field('forceChange') === 'on' : true,
      visit.t('people.password_.forceChangeHint'),
    )}`;
}

/** The order that the fields make. A typed password that is empty is refused by the operation, by name. */
export function passwordOrder(visit: Visit): JsonObject {
  const typed = visit.rawField('password');
  return {
    ...(visit.field('way') === 'type' ? { password: typed } : {}),
    send: visit.field('send') === 'on',
    forceChange: visit.field('forceChange') === 'on',
  };
}

/** A generated password that is not mailed: shown only once. */
export function shownPassword(visit: Visit, id: string, password: string): ConsoleAnswer {
  return {
    title: visit.t('people.password_.once'),
    crumbs: [{ href: visit.href(`/people/${id}`), text: visit.t('people.person') }],
    body: html`${noticeBox('late', html`<p>${visit.t('people.password_.onceText')}</p>`, 'status')}
      <div class="stack">${copyField(visit, password, visit.t('people.password_.typed'))}</div>
      <p class="deeds"><a class="button"
        href="${visit.href(`/people/${id}`)}">${visit.t('people.password_.noted')}</a></p>`,
  };
}
