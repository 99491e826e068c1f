import { html, type Html } from '../../page-kit/html.ts';
import type { ActionPlan } from '../../provisioning/admin/admin-rehearsal.ts';
import { icon } from '../visit/icons.ts';
import type { Visit } from '../visit/visit.ts';
import { templateName } from './person-parts.ts';

/** What an action will do, before it is done: changes, messages, and the rules behind. */
export function planPart(visit: Visit, { effects, status, deliveries, rules }: ActionPlan): Html {
  return html`<section class="block" aria-labelledby="plan">
    <h2 id="plan">${visit.t('people.plan.title')}</h2>
    <ul class="marks">
      ${effects.map((effect) => html`<li>${icon('onward')}<span>${visit.t(`people.effects.${effect}`)}</span></li>`)}
      ${
        status !== undefined
        && html`<li>${icon('onward')}<span>${visit.say('people.plan.status', {
          before: visit.t(`states.${status.before}`),
          after: visit.t(`states.${status.after}`),
        })}</span></li>`
      }
      ${deliveries.map(
        (one) =>
          html`<li>${icon(one.to === undefined ? 'cross' : 'deliveries')}<span>${messageLine(visit, one)}</span></li>`,
      )}
      ${deliveries.length === 0 && html`<li>${icon('none')}<span>${visit.t('people.plan.noMessage')}</span></li>`}
    </ul>
    ${deliveries.map(
      ({ subject, text }) =>
        text !== undefined
        && html`<details>
          <summary>${visit.t('people.plan.read')}${subject !== undefined && html`: <bdi>${subject}</bdi>`}</summary>
          <pre dir="auto" tabindex="0" role="group" aria-label="${visit.t('people.plan.read')}">${text}</pre>
        </details>`,
    )}
    ${
      rules.length > 0
      && html`<details>
      <summary>${visit.t('people.plan.rules')}</summary>
      <ul class="small soft" lang="en">
        ${rules.map((rule) => html`<li>${rule}</li>`)}
      </ul>
    </details>`
    }
  </section>`;
}

/** A reason in words, where it is one that has words. */
function whyText(visit: Visit, reason: string | undefined): string {
  const key = `people.hindrances.${reason ?? ''}`;
  return visit.knows(key) ? visit.t(key) : (reason ?? '');
}

function messageLine(visit: Visit, { template, to, notBefore, reason }: ActionPlan['deliveries'][number]): Html {
  const message = templateName(visit, template);
  if (to === undefined) return html`${visit.say('people.plan.notSent', { message })} ${whyText(visit, reason)}`;
  const isNow = Date.parse(notBefore) <= visit.now.getTime() + 60_000;
  return html`${visit.say(isNow ? 'people.plan.now' : 'people.plan.later', {
    message,
    to,
    date: visit.date(notBefore),
  })}
  ${!isNow && reason !== undefined && html`<span class="soft">${reason}</span>`}`;
}
