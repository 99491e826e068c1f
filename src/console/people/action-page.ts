import { html, type Html } from '../../page-kit/html.ts';
import type { JsonObject } from '../../base/json.ts';
import { localInstant } from '../../scim/time/local-time.ts';
import type { ActionPlan } from '../../provisioning/admin/admin-rehearsal.ts';
import type { ConsoleAnswer } from '../console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { checkField, faultBox, textField } from '../parts.ts';
import type { Visit } from '../visit.ts';
import { methodChoice } from './add-person-page.ts';
import { passwordFields, passwordOrder, shownPassword } from './password-fields.ts';
import { personActions, type PersonAction } from './person-actions.ts';
import type { PersonView } from './person-view.ts';
import { planPart } from './plan-part.ts';

type Done = { readonly plan?: ActionPlan; readonly password?: string; readonly onboarding?: PersonView };

/** The pages of what can be done to one person: each tells first what will happen, and asks. */
export function actionPages(site: ConsoleSite): void {
  for (const action of personActions) {
    const path = `/people/:id/${action.id}`;
    const rules = { section: 'people', operations: [action.operation] } as const;
    site.page(path, rules, (visit) => ask(visit, action));
    site.act(path, rules, (visit) => act(visit, action));
  }
}

async function ask(visit: Visit, action: PersonAction, posted?: { readonly refused?: string }): Promise<ConsoleAnswer> {
  const id = visit.param('id');
  const found = action.id === 'restore' ? undefined : await visit.call<PersonView>('getUser', { params: { id } });
  const isPosted = posted !== undefined;
  const body = bodyOf(visit, action, isPosted, found);
  // A form that must be filled in has no plan yet.
  const needsMore = !isPosted && (action.id === 'address' || action.id === 'extend');
  const rehearsed = needsMore
    ? undefined
    : await visit.attempt<Done>(action.operation, { params: { id }, query: { dryRun: true }, body });
  const refused =
    posted?.refused ?? (rehearsed !== undefined && 'refused' in rehearsed ? rehearsed.refused : undefined);
  const plan = rehearsed !== undefined && 'view' in rehearsed ? rehearsed.view.plan : undefined;
  const name = found?.user.displayName ?? found?.user.userName ?? id;
  const own = `/people/${id}/${action.id}`;
  const fields = fieldsOf(visit, action, isPosted, found);
  const mayGo = plan !== undefined || needsMore || fields !== undefined;
  return {
    title: visit.t(`people.actions.${action.id}.title`, { name }),
    lead: visit.say(`people.actions.${action.id}.text`),
    crumbs: [{ href: visit.href(found === undefined ? '/people/deleted' : `/people/${id}`), text: name }],
    status: posted?.refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    ${visit.form(
      own,
      html`${fields !== undefined && html`<div class="stack">${fields}</div>`}
        ${plan !== undefined && planPart(visit, plan)}
        <div class="deeds">
          ${
            mayGo
            && html`<button name="do"
            value="act"${
              action.danger === true && html` class="danger"`
            }>${visit.t(`people.actions.${action.id}.do`)}</button>`
          }
          ${
            fields !== undefined
            && html`<button name="do" value="preview"
            class="quiet">${visit.t('people.plan.show')}</button>`
          }
          <a class="button quiet"
            href="${visit.href(
              found === undefined ? '/people/deleted' : `/people/${id}`,
            )}">${visit.t('shell.cancel')}</a>
        </div>`,
    )}`,
  };
}

async function act(visit: Visit, action: PersonAction): Promise<ConsoleAnswer> {
  if (visit.field('do') === 'preview') return ask(visit, action, {});
  const id = visit.param('id');
  const done = await visit.attempt<Done>(action.operation, { params: { id }, body: bodyOf(visit, action, true) });
  if ('refused' in done) return ask(visit, action, { refused: done.refused });
  if (done.view.password !== undefined) return shownPassword(visit, id, done.view.password);
  const { hindrance } = done.view as { readonly hindrance?: string };
  // What was asked for is noted, and nothing goes out.
  if ((action.id === 'resend' || action.id === 'invite') && (hindrance === 'noAddress' || hindrance === 'failed'))
    return visit.goOn(`/people/${id}`, { key: 'people.actions.notSent', tone: 'late' });
  return visit.goOn(action.id === 'delete' ? '/people/deleted' : `/people/${id}`, {
    key: `people.actions.${action.id}.done`,
  });
}

/** What the operation is called with: what was typed, or what the form begins with. */
function bodyOf(visit: Visit, { id }: PersonAction, isPosted: boolean, person?: PersonView): JsonObject | undefined {
  switch (id) {
    case 'invite': {
      const method = visit.field('method');
      return isPosted && method !== '' ? { method } : {};
    }
    case 'extend':
      return { expiresAt: visit.field('never') === 'on' ? null : momentOf(visit, visit.field('expiresAt')) };
    case 'address':
      return {
        ...(visit.field('email') === '' || visit.field('email') === person?.mail
          ? {}
          : { email: visit.field('email') }),
        ...(visit.field('notificationEmail') === (person?.notificationEmail ?? '')
          ? {}
          : { notificationEmail: visit.field('notificationEmail') || null }),
      };
    case 'password':
      return isPosted ? passwordOrder(visit) : { send: true, forceChange: true };
    default:
      return undefined;
  }
}

/** What a field of day and time holds, by the tenant's clocks; what is not one is left for the operation to refuse. */
function momentOf(visit: Visit, typed: string): string {
  return localInstant(/T\d\d:\d\d$/.test(typed) ? `${typed}:00` : typed, visit.settings.timezone) ?? typed;
}

function fieldsOf(visit: Visit, { id }: PersonAction, isPosted: boolean, person?: PersonView): Html | undefined {
  switch (id) {
    case 'invite':
      return methodChoice(visit, visit.field('method'), true);
    case 'extend':
      return html`${textField({
        name: 'expiresAt',
        label: visit.t('people.fields.expiresAt'),
        type: 'datetime-local',
        value: visit.field('expiresAt'),
        required: false,
        hint: visit.say('people.fields.zone', { zone: visit.settings.timezone }),
      })}
      ${checkField(
        'never',
        visit.t('people.fields.never'),
        visit.field('never') === 'on',
        visit.t('people.fields.neverHint'),
      )}`;
    case 'address':
      return html`${textField({
        name: 'email',
        label: visit.t('people.fields.email'),
        type: 'text',
        inputmode: 'email',
        value: isPosted ? visit.field('email') : (person?.mail ?? ''),
        required: false,
        hint: visit.t('people.fields.emailHint'),
      })}
      ${textField({
        name: 'notificationEmail',
        label: visit.t('people.fields.notificationEmail'),
        type: 'text',
        inputmode: 'email',
        value: isPosted ? visit.field('notificationEmail') : (person?.notificationEmail ?? ''),
        required: false,
        hint: visit.t('people.fields.notificationHint'),
      })}`;
    case 'password':
      return passwordFields(visit, isPosted);
    default:
      return undefined;
  }
}
