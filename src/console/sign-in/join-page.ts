import type { Administrator } from '../../administrators/administrator.ts';
import type { AdministratorActions } from '../../administrators/administrator-actions.ts';
import { html } from '../../page-kit/html.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { deadLink, newPasswordField } from './link-parts.ts';
import { arrive } from './sign-in-pages.ts';
import { passwordFaults } from '../password-faults.ts';

/** `/console/join?token=…`: a colleague takes their invitation up. Opening the link changes nothing. */
export function joinPage(site: ConsoleSite, actions: AdministratorActions): void {
  site.open(
    '/join',
    async (visit) => {
      const found = await actions.links.holder(site.tenant, visit.query('token'));
      return found === undefined ? dead(visit) : joinForm(visit, found);
    },
    async (visit) => {
      const token = visit.query('token');
      const found = await actions.links.holder(site.tenant, token);
      if (found === undefined) return dead(visit);
      const name = visit.field('name').slice(0, 200) || found.name;
      const password = visit.rawField('password');
      const faults = await site.access.faultsOf(password, { ...found, name }, site.tenant);
      if (faults.length > 0) return joinForm(visit, { ...found, name }, passwordFaults(visit, faults));
      const joined = await actions.links.accept(site.tenant, token, name, password);
      if (joined === undefined) return dead(visit);
      const step = await site.access.begin(joined, ['link', 'password'], site.placeOf(visit));
      return step.outcome === 'done' ? arrive(site, visit, step) : dead(visit);
    },
  );
}

const dead = (visit: Visit): ConsolePage => deadLink(visit, visit.say('signIn.join.dead'));

function joinForm(
  visit: Visit,
  { name, email, passwordHash }: Pick<Administrator, 'name' | 'email' | 'passwordHash'>,
  fault?: string,
): ConsolePage {
  const words = passwordHash === undefined ? 'join' : 'reset';
  return {
    title: visit.t(`signIn.${words}.title`),
    lead: visit.say(`signIn.${words}.intro`, { product: visit.settings.productName }),
    status: fault === undefined ? 200 : 422,
    body: html`${fault !== undefined && faultBox(visit.t('shell.faults.summary'))}
    ${visit.form(
      '/join',
      html`${textField({
        name: 'email',
        label: visit.t('signIn.email'),
        autocomplete: 'username',
        value: email,
        readonly: true,
      })}
      ${textField({ name: 'name', label: visit.t('signIn.start.name'), autocomplete: 'name', value: name })}
      ${newPasswordField(visit, fault)}
        <p><button>${visit.t(`signIn.${words}.button`)}</button></p>`,
      { className: 'stack', query: { token: visit.query('token') } },
    )}`,
  };
}
