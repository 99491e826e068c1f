import { html } from '../../page-kit/html.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import { copyField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** Shows the secret that was made for an endpoint, this once. */
export function secretPage(visit: Visit, id: string, secret: string): ConsolePage {
  return {
    title: visit.t('webhooks.secret'),
    lead: visit.say('webhooks.secretLead'),
    section: 'webhooks',
    body: html`${copyField(visit, secret, visit.t('webhooks.secret'))}
      <p><a class="button" href="${visit.href(`/webhooks/${id}`)}">${visit.t('webhooks.secretKept')}</a></p>`,
  };
}
