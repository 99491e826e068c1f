import { html, type Html } from '../../page-kit/html.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import { textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** The field for the password that the holder of a link chooses. */
export function newPasswordField(visit: Visit, fault?: string): Html {
  return textField({
    name: 'password',
    label: visit.t('signIn.password'),
    type: 'password',
    autocomplete: 'new-password',
    hint: visit.t('signIn.rules.hint', { min: visit.settings.passwords.minLength }),
    fault,
  });
}

/** The page of a link that leads nowhere any more. */
export function deadLink(visit: Visit, lead: Html): ConsolePage {
  return {
    title: visit.t('signIn.start.dead.title'),
    lead,
    status: 410,
    body: html`<p><a class="button" href="${visit.href('/sign-in')}">${visit.t('signIn.button')}</a></p>`,
  };
}
