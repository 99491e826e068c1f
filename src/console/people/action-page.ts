import { html, type Html } from '../../page-kit/html.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ActionPlan } from '../../provisioning/admin/admin-rehearsal.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { expiryFields, typedExpiry } from '../expiry-fields.ts';
import { faultBox, noticeBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { methodChoice } from './add-person-page.ts';
import { passwordFields, passwordOrder, shownPassword } from './password-fields.ts';
import { personActions, type PersonAction } from './person-actions.ts';
import { type FieldFaults, isInVain, refusalFaults, typedFaults } from './person-faults.ts';
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

async function ask(visit: Visit, action: PersonAction, posted?: FieldFaults): Promise<ConsoleAnswer> {
  const id = visit.param('id');
  const found = action.id === 'restore' ? undefined : await visit.call<PersonView>('getUser', { params: { id } });
  const isPosted = posted !== undefined;
  const isFaulty = isPosted && Object.keys(posted).length > 0;
  // A form that must be filled in has no plan yet.
  const needsMore = (!isPosted || isFaulty) && (action.id === 'address' || action.id === 'extend');
  const tried = needsMore ? undefined : await rehearse(visit, action, isPosted, found);
  const faults = { ...(tried !== undefined && 'refused' in tried ? refusalFaults(visit, tried.error) : {}), ...posted };
  const plan = tried !== undefined && 'view' in tried ? tried.view.plan : undefined;
  const isVain = plan !== undefined && sends(visit, action) && (isInVain(plan) || sendsNothing(action, plan));
  const name = found?.user.displayName ?? found?.user.userName ?? id;
  const fields = fieldsOf(visit, action, isPosted, found, faults);
  const mayGo = !isVain && (plan !== undefined || needsMore || fields !== undefined);
  const back = visit.href(found === undefined ? '/people/deleted' : `/people/${id}`);
  return {
    title: visit.t(`people.actions.${action.id}.title`, { name }),
    lead: visit.say(`people.actions.${action.id}.text`),
    crumbs: [{ href: back, text: name }],
    status: isFaulty ? 422 : 200,
    body: html`${faults[''] !== undefined && faultBox(faults[''])} ${isVain && vainNotice(visit, id)}
    ${visit.form(
      `/people/${id}/${action.id}`,
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
          <a class="button quiet" href="${back}">${visit.t('shell.cancel')}</a>
        </div>`,
    )}`,
  };
}

function rehearse(visit: Visit, action: PersonAction, isPosted: boolean, person?: PersonView) {
  const body = bodyOf(visit, action, isPosted, person);
  return visit.attempt<Done>(action.operation, { params: { id: visit.param('id') }, query: { dryRun: true }, body });
}

/** Whether an action is there to send something. */
function sends(visit: Visit, { id }: PersonAction): boolean {
  if (id === 'password') return visit.request.method !== 'POST' || visit.field('send') === 'on';
  return id === 'resend' || id === 'invite';
}

/** True of a resend or an invitation that would send no message: there is no address, as there was none before. */
function sendsNothing({ id }: PersonAction, { deliveries }: ActionPlan): boolean {
  return (id === 'resend' || id === 'invite') && deliveries.length === 0;
}

/** Nothing is done whose message cannot reach the person: the address comes first. */
function vainNotice(visit: Visit, id: string): Html {
  return noticeBox(
    'late',
    html`<p>${visit.t('people.actions.notSent')}</p>`,
    'status',
    visit.may('correctAddress')
      ? html`<a class="button quiet low"
          href="${visit.href(`/people/${id}/address`)}">${visit.t('people.actions.address.name')}</a>`
      : undefined,
  );
}

async function act(visit: Visit, action: PersonAction): Promise<ConsoleAnswer> {
  const faults = formFaults(visit, action);
  if (visit.field('do') === 'preview' || Object.keys(faults).length > 0) return ask(visit, action, faults);
  const id = visit.param('id');
  const person = action.id === 'address' ? await visit.call<PersonView>('getUser', { params: { id } }) : undefined;
  const body = bodyOf(visit, action, true, person);
  if (action.id === 'address' && Object.keys(body ?? {}).length === 0)
    return ask(visit, action, { email: visit.t('people.faults.mailSame') });
  if (sends(visit, action)) {
    const tried = await rehearse(visit, action, true, person);
    if ('view' in tried && tried.view.plan !== undefined && isInVain(tried.view.plan))
      return ask(visit, action, { '': visit.t('people.actions.notSent') });
  }
  const done = await visit.attempt<Done>(action.operation, { params: { id }, body });
  if ('refused' in done) return ask(visit, action, refusalFaults(visit, done.error));
  if (done.view.password !== undefined) return shownPassword(visit, id, done.view.password);
  return visit.goOn(action.id === 'delete' ? '/people/deleted' : `/people/${id}`, {
    key: `people.actions.${action.id}.done`,
  });
}

/** What is wrong with the fields of the form by themselves. */
function formFaults(visit: Visit, { id }: PersonAction): FieldFaults {
  if (id === 'address') {
    const typed = typedFaults(visit, ['email', 'notificationEmail']);
    const isEmpty = visit.field('email') === '' && visit.field('notificationEmail') === '';
    return isEmpty ? { email: visit.t('people.faults.mailMissing') } : typed;
  }
  const expiresAt = id === 'extend' ? typedExpiry(visit) : null;
  if (expiresAt === null) return {};
  const moment = Date.parse(expiresAt);
  if (Number.isNaN(moment)) return { expiresAt: visit.t('people.faults.moment') };
  return moment <= visit.now.getTime() ? { expiresAt: visit.t('people.faults.past') } : {};
}

/** What the operation is called with: what was typed, or what the form begins with. */
function bodyOf(visit: Visit, { id }: PersonAction, isPosted: boolean, person?: PersonView): JsonObject | undefined {
  switch (id) {
    case 'invite': {
      const method = visit.field('method');
      return isPosted && method !== '' ? { method } : {};
    }
    case 'extend':
      return { expiresAt: typedExpiry(visit) };
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

function fieldsOf(
  visit: Visit,
  { id }: PersonAction,
  isPosted: boolean,
  person: PersonView | undefined,
  faults: FieldFaults,
): Html | undefined {
  switch (id) {
    case 'invite':
      return methodChoice(visit, visit.field('method'), true);
    case 'extend':
      return expiryFields(visit, faults['expiresAt']);
    case 'address':
      return html`${textField({
        name: 'email',
        label: visit.t('people.fields.email'),
        type: 'text',
        inputmode: 'email',
        value: isPosted ? visit.field('email') : (person?.mail ?? ''),
        required: false,
        hint: visit.t('people.fields.emailHint'),
        fault: faults['email'],
      })}
      ${textField({
        name: 'notificationEmail',
        label: visit.t('people.fields.notificationEmail'),
        type: 'text',
        inputmode: 'email',
        value: isPosted ? visit.field('notificationEmail') : (person?.notificationEmail ?? ''),
        required: false,
        hint: visit.t('people.fields.notificationHint'),
        fault: faults['notificationEmail'],
      })}`;
    case 'password':
      return passwordFields(visit, isPosted, faults);
    default:
      return undefined;
  }
}
