import { html, type Html } from '../../page-kit/html.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ActionPlan } from '../../provisioning/admin/admin-rehearsal.ts';
import { latchkeyUrn } from '../../provisioning/user/latchkey-extension.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, type FieldParts, selectField, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { passwordFields, passwordOrder, shownPassword } from './password-fields.ts';
import { type FieldFaults, reachFaults, refusalFaults, typedFaults } from './person-faults.ts';
import { planPart } from './plan-part.ts';

type Created = { readonly user: { readonly id?: string }; readonly password?: string; readonly plan?: ActionPlan };

const methods = ['emailLink', 'emailOtp', 'smsOtp'] as const;
const rules = { section: 'people', operations: ['createUser'] } as const;

const typedNames = ['userName', 'email', 'phone', 'start', 'locale'];

/** `/console/people/new`: a person with a password that is typed or generated, or with an invitation. */
export function addPersonPage(site: ConsoleSite): void {
  site.page('/people/new', rules, (visit) => form(visit, false));
  site.act('/people/new', { ...rules, once: true }, async (visit) => {
    const body = orderOf(visit);
    const typed = typedFaults(visit, typedNames);
    if (Object.keys(typed).length > 0) return form(visit, true, typed);
    const tried = await visit.attempt<Created>('createUser', { body, query: { dryRun: true } });
    if ('refused' in tried) return form(visit, true, refusalFaults(visit, tried.error));
    const { plan } = tried.view;
    const byText = visit.field('key') === 'invite' && visit.field('method') === 'smsOtp';
    // Nothing is made that its own first message cannot reach.
    const unreachable = reachFaults(visit, plan, byText);
    if (visit.field('do') === 'preview' || Object.keys(unreachable).length > 0)
      return form(visit, true, unreachable, plan);
    const made = await visit.attempt<Created>('createUser', { body });
    if ('refused' in made) return form(visit, true, refusalFaults(visit, made.error));
    const id = made.view.user.id ?? '';
    if (made.view.password !== undefined) return shownPassword(visit, id, made.view.password);
    return visit.goOn(`/people/${id}`, { key: 'people.new.done' });
  });
}

function form(visit: Visit, isPosted: boolean, faults: FieldFaults = {}, plan?: ActionPlan): ConsoleAnswer {
  const key = visit.field('key') || 'invite';
  const { '': general, ...own } = faults;
  const [first] = [...typedNames, 'password', 'forceChange'].filter((name) => own[name] !== undefined);
  const field = (name: string, more: Partial<FieldParts> = {}): Html =>
    textField({
      name,
      label: visit.t(`people.fields.${name}`),
      value: visit.field(name),
      required: false,
      fault: faults[name],
      focus: name === first,
      ...more,
    });
  const choice = (value: string): Html => html`<div class="check">
    <input type="radio" id="key-${value}" name="key" value="${value}"${key === value && html` checked`}
      aria-describedby="key-${value}-hint" />
    <label for="key-${value}">${visit.t(`people.new.${value}`)}</label>
    <p class="hint" id="key-${value}-hint">${visit.t(`people.new.${value}Hint`)}</p>
  </div>`;
  const isFaulty = Object.keys(faults).length > 0;
  return {
    title: visit.t('people.new.title'),
    lead: visit.say('people.new.lead'),
    crumbs: [{ href: visit.href('/people'), text: visit.t('people.title') }],
    status: isFaulty ? 422 : 200,
    body: html`${general !== undefined && faultBox(general)}
    ${visit.form(
      '/people/new',
      html`<div class="two">
          <section aria-labelledby="who">
            <h2 id="who">${visit.t('people.new.who')}</h2>
            <div class="stack">
              ${field('userName', { required: true, hint: visit.t('people.fields.userNameHint') })}
                ${field('givenName')} ${field('familyName')}
              ${field('email', { inputmode: 'email' })} ${field('phone', { inputmode: 'tel' })}
              ${field('start', { type: 'date', hint: visit.t('people.fields.startHint') })}
              ${selectField(
                'locale',
                visit.t('people.fields.locale'),
                languageOptions(visit),
                visit.field('locale'),
                visit.t('people.fields.localeHint'),
                faults['locale'],
              )}
            </div>
          </section>
          <section aria-labelledby="key">
            <h2 id="key">${visit.t('people.new.key')}</h2>
            <fieldset class="choice">
              <legend class="unseen">${visit.t('people.new.key')}</legend>
              ${choice('invite')}
              <div class="nested" data-for="invite">${methodChoice(visit, visit.field('method'), false)}</div>
              ${choice('password')}
              <div class="nested stack" data-for="password">${passwordFields(visit, isPosted, faults)}</div>
              ${choice('none')}
            </fieldset>
          </section>
        </div>
        ${plan !== undefined && !isFaulty && planPart(visit, plan)}
        <div class="deeds">
          <button name="do" value="act">${visit.t('people.new.do')}</button>
          <button name="do" value="preview" class="quiet">${visit.t('people.plan.show')}</button>
          <a class="button quiet" href="${visit.href('/people')}">${visit.t('shell.cancel')}</a>
        </div>`,
    )}`,
  };
}

/** The languages that mails are written in, by their names; first the tenant's own. */
function languageOptions(visit: Visit): readonly { readonly value: string; readonly text: string }[] {
  const names = new Intl.DisplayNames([visit.lang], { type: 'language' });
  const usual = names.of(visit.settings.locale) ?? visit.settings.locale;
  return [
    { value: '', text: visit.t('people.fields.localeUsual', { language: usual }) },
    ...visit.languages.map((value) => ({ value, text: names.of(value) ?? value })),
  ];
}

/** How a person is invited: by link, by a code in a mail, by a code in a text message. */
export function methodChoice(visit: Visit, chosen: string, ownWay: boolean): Html {
  const options = ownWay ? ['', ...methods] : [...methods];
  const first = ownWay ? '' : visit.settings.onboarding.invitationMethod;
  const current = options.includes(chosen) && chosen !== '' ? chosen : first;
  return html`<fieldset>
    <legend>${visit.t('people.fields.method')}</legend>
    ${options.map((value) => {
      const name = value === '' ? 'usual' : value;
      return html`<div class="check">
        <input type="radio" id="method-${name}" name="method" value="${value}"${value === current && html` checked`} />
        <label for="method-${name}">${visit.t(`people.methods.${name}`)}</label>
      </div>`;
    })}
  </fieldset>`;
}

/** The order that the form makes. */
function orderOf(visit: Visit): JsonObject {
  const filled = (name: string, make: (value: string) => JsonObject): JsonObject =>
    visit.field(name) === '' ? {} : make(visit.field(name));
  const name = {
    ...filled('givenName', (givenName) => ({ givenName })),
    ...filled('familyName', (familyName) => ({ familyName })),
  };
  const start = filled('start', (startDate) => ({ startDate }));
  const user: JsonObject = {
    userName: visit.field('userName'),
    ...(Object.keys(name).length === 0 ? {} : { name }),
    ...filled('email', (value) => ({ emails: [{ value, type: 'work', primary: true }] })),
    ...filled('phone', (value) => ({ phoneNumbers: [{ value, type: 'mobile' }] })),
    ...filled('locale', (locale) => ({ locale })),
    ...(Object.keys(start).length === 0 ? {} : { [latchkeyUrn]: start }),
  };
  const key = visit.field('key');
  if (key === 'invite') return { user, invite: visit.field('method') || true };
  return key === 'password' ? { user, ...passwordOrder(visit) } : { user };
}
