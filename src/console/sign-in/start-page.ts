import type { FirstOwner } from '../../administrators/first-owner.ts';
import { isMailAddress } from '../../text/mail-address.ts';
import { html } from '../../page-kit/html.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, textField } from '../parts.ts';
import { passwordFaults } from '../password-faults.ts';
import type { Visit } from '../visit/visit.ts';
import { deadLink, newPasswordField } from './link-parts.ts';
import { arrive } from './sign-in-pages.ts';

/** What is wrong with what was typed, by field. */
type Faults = Readonly<Partial<Record<'name' | 'email' | 'password', string>>>;

/**
 * `/console/start?token=…`: the one-time link of a start makes the first owner. Opening it changes nothing; the form
 * that is posted does.
 */
export function startPage(site: ConsoleSite, first: FirstOwner): void {
  const knows = (visit: Visit) => first.knows(site.tenant, visit.query('token'));
  site.open(
    '/start',
    async (visit) => ((await knows(visit)) ? startForm(visit) : dead(visit)),
    async (visit) => {
      if (!(await knows(visit))) return dead(visit);
      const who = { name: visit.field('name').slice(0, 200), email: visit.field('email').slice(0, 254) };
      const password = visit.rawField('password');
      const rules = await site.access.faultsOf(password, who, site.tenant);
      const faults: Faults = {
        ...(who.name === '' ? { name: visit.t('signIn.start.nameMissing') } : {}),
        ...(isMailAddress(who.email) ? {} : { email: visit.t('signIn.start.emailWrong') }),
        ...(rules.length === 0 ? {} : { password: passwordFaults(visit, rules) }),
      };
      if (Object.keys(faults).length > 0) return startForm(visit, faults);
      const owner = await first.make(site.tenant, visit.query('token'), { ...who, password }, site.isMain);
      if (owner === undefined) return dead(visit);
      const step = await site.access.begin(owner, ['link', 'password'], site.placeOf(visit));
      return step.outcome === 'done' ? arrive(site, visit, step) : dead(visit);
    },
  );
}

const dead = (visit: Visit): ConsolePage => deadLink(visit, visit.say('signIn.start.dead.text'));

function startForm(visit: Visit, faults: Faults = {}): ConsolePage {
  const isFaulty = Object.keys(faults).length > 0;
  return {
    title: visit.t('signIn.start.title'),
    lead: visit.say('signIn.start.intro', { product: visit.settings.productName }),
    status: isFaulty ? 422 : 200,
    body: html`${isFaulty && faultBox(visit.t('shell.faults.summary'))}
    ${visit.form(
      '/start',
      html`${textField({
        name: 'name',
        label: visit.t('signIn.start.name'),
        autocomplete: 'name',
        value: visit.field('name'),
        fault: faults.name,
      })}
      ${textField({
        name: 'email',
        label: visit.t('signIn.email'),
        type: 'email',
        autocomplete: 'username',
        value: visit.field('email'),
        fault: faults.email,
      })}
      ${newPasswordField(visit, faults.password)}
        <p><button>${visit.t('signIn.start.button')}</button></p>`,
      { className: 'stack', query: { token: visit.query('token') } },
    )}`,
  };
}
