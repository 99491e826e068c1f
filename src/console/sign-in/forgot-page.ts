import type { AdministratorActions } from '../../administrators/administrator-actions.ts';
import { html } from '../../page-kit/html.ts';
import type { ConsoleSite } from '../console-site.ts';
import { textField } from '../parts.ts';

/**
 * `/console/forgot-password`: the way back for who has lost their password. The answer is the same, and as quick,
 * whether or not there is such an account; the second factor is asked for as ever.
 */
export function forgotPage(site: ConsoleSite, actions: Pick<AdministratorActions, 'links'>): void {
  site.open(
    '/forgot-password',
    (visit) => ({
      title: visit.t('signIn.forgot.title'),
      lead: visit.say('signIn.forgot.intro'),
      body: visit.form(
        '/forgot-password',
        html`${textField({ name: 'email', label: visit.t('signIn.email'), type: 'email', autocomplete: 'username' })}
          <p><button>${visit.t('signIn.forgot.button')}</button></p>`,
        { className: 'stack' },
      ),
    }),
    (visit) => {
      actions.links
        .forgot(site.tenant, visit.field('email').slice(0, 254))
        .catch((error: unknown) => site.report(error));
      return {
        title: visit.t('signIn.forgot.doneTitle'),
        lead: visit.say('signIn.forgot.done'),
        body: html`<p><a class="button" href="${visit.href('/sign-in')}">${visit.t('signIn.button')}</a></p>`,
      };
    },
  );
}
