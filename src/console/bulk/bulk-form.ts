import { bulkRules, type BulkAction } from '../../bulk/bulk-actions.ts';
import type { JsonObject } from '../../base/json.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import { expiryFields, typedExpiry } from '../expiry-fields.ts';
import { checkField, faultBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { methodChoice } from '../people/add-person-page.ts';
import { allowedActions, isDangerous } from '../people/bulk-choice.ts';

/** Whom a form is about: people one by one, or all that a filter finds. */
export type FormTarget = { readonly ids: readonly string[] } | { readonly query: Readonly<Record<string, string>> };

/**
 * The form that asks what is to be done to many people, and what it takes; nothing is done before its plan is approved.
 */
export function bulkForm(
  visit: Visit,
  target: FormTarget,
  chosen: BulkAction | undefined,
  refused?: string,
): ConsoleAnswer {
  const actions = chosen === undefined ? allowedActions(visit) : [chosen];
  const hidden: Readonly<Record<string, string>> =
    'ids' in target ? { ids: target.ids.join(',') } : { query: new URLSearchParams(target.query).toString() };
  const options = (action: BulkAction): Html | false =>
    bulkRules[action].options.length > 0 && html`<div class="nested stack">${fieldsOf(visit, action)}</div>`;
  return {
    title: chosen === undefined ? visit.t('bulk.what') : visit.t(`bulk.kinds.${chosen}`),
    lead:
      'ids' in target
        ? visit.say('bulk.ofChosen', { count: target.ids.length })
        : visit.say(Object.keys(target.query).length === 0 ? 'bulk.ofAll' : 'bulk.ofFound'),
    crumbs: [{ href: visit.href('/people', 'query' in target ? target.query : {}), text: visit.t('people.title') }],
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    ${visit.form(
      '/people/bulk',
      html`${
        chosen === undefined
          ? html`<fieldset class="choice">
            <legend class="unseen">${visit.t('bulk.what')}</legend>
            ${actions.map(
              (action, at) => html`<div class="check">
                  <input type="radio" id="action-${action}" name="action" value="${action}" required
                    aria-describedby="action-${action}-hint"${at === 0 && html` checked`} />
                  <label for="action-${action}">${visit.t(`bulk.kinds.${action}`)}</label>
                  <p class="hint" id="action-${action}-hint">${visit.t(`bulk.texts.${action}`)}</p>
                </div>
                ${options(action)}`,
            )}
          </fieldset>`
          : html`<p>${visit.t(`bulk.texts.${chosen}`)}</p>
            <div class="stack">${fieldsOf(visit, chosen)}</div>`
      }
      <div class="deeds">
        <button${chosen !== undefined && isDangerous(chosen) && html` class="danger"`}>${visit.t('bulk.plan')}</button>
        <a class="button quiet"
          href="${visit.href('/people', 'query' in target ? target.query : {})}">${visit.t('shell.cancel')}</a>
      </div>
      <p class="hint">${visit.t('bulk.planHint')}</p>`,
      { hidden: { ...hidden, ready: 'on', ...(chosen === undefined ? {} : { action: chosen }) }, className: 'stack' },
    )}`,
  };
}

/** What the operation is started with, of what was typed. */
export function optionsOf(visit: Visit, action: BulkAction): JsonObject {
  switch (action) {
    case 'invite': {
      const method = visit.field('method');
      return method === '' ? {} : { method };
    }
    case 'extend':
      return { expiresAt: typedExpiry(visit) };
    case 'password':
      return { forceChange: visit.field('forceChange') === 'on' };
    default:
      return {};
  }
}

function fieldsOf(visit: Visit, action: BulkAction): Html | false {
  switch (action) {
    case 'invite':
      return methodChoice(visit, visit.field('method'), true);
    case 'extend':
      return expiryFields(visit);
    case 'password':
      return checkField(
        'forceChange',
        visit.t('people.password_.forceChange'),
        true,
        visit.t('people.password_.forceChangeHint'),
      );
    default:
      return false;
  }
}
