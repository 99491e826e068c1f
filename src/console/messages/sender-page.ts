import { html } from '../../page-kit/html.ts';
import type { SenderFinding } from '../../notify/mail/explain-sender.ts';
import type { ConsoleSite } from '../console-site.ts';
import type { IconName } from '../visit/icons.ts';
import { copyField, noticeBox, stateChip, textField, type Tone } from '../parts.ts';

type SenderView = {
  readonly from: string;
  readonly domain: string;
  readonly captured: boolean;
  readonly records: readonly SenderFinding[];
};

const looks: Readonly<Record<SenderFinding['state'], readonly [Tone, IconName]>> = {
  fine: ['done', 'tick'],
  weak: ['late', 'expired'],
  missing: ['stop', 'failed'],
  wrong: ['stop', 'failed'],
  unknown: ['wait', 'info'],
};

/** `/console/messages/sender`: what the DNS says of the sender's domain, and what to publish. */
export function senderPage(site: ConsoleSite): void {
  site.page('/messages/sender', { section: 'messages', operations: ['checkSender'] }, async (visit) => {
    const selector = visit.query('selector');
    const checked = await visit.attempt<SenderView>('checkSender', { query: { selector } });
    if ('refused' in checked) return visit.goOn('/messages/sender');
    const { from, domain, captured, records } = checked.view;
    return {
      title: visit.t('messages.sender.title'),
      lead: visit.say('messages.sender.lead', { from, domain }),
      crumbs: [{ href: visit.href('/messages'), text: visit.t('messages.title') }],
      body: html`${captured && noticeBox('late', html`<p>${visit.t('messages.captured')}</p>`)}
        ${records.map(
          ({ kind, state, record, sentence, remedy, selector: used }) => html`<section aria-labelledby="${kind}">
            <div class="bar">
              <h2 id="${kind}">${visit.t(`messages.sender.kinds.${kind}`)}</h2>
              ${stateChip(...looks[state], visit.t(`messages.sender.states.${state}`))}
            </div>
            <p class="soft">${visit.t(`messages.sender.about.${kind}`)}</p>
            <p lang="en">${sentence}</p>
            ${
              record !== undefined
              && html`<pre dir="ltr" tabindex="0" role="group"
              aria-label="${visit.t('messages.sender.record')}">${record}</pre>`
            }
            ${
              remedy !== undefined
              && html`<p>${visit.say('messages.sender.publish', { name: remedy.name, type: remedy.type })}</p>
                ${copyField(visit, remedy.value, visit.t('messages.sender.record'))}`
            }
            ${
              kind === 'dkim'
              && html`<form action="${visit.href('/messages/sender')}" class="filters"
                aria-label="${visit.t('messages.sender.selector')}">
                ${textField({
                  name: 'selector',
                  label: visit.t('messages.sender.selector'),
                  value: used ?? selector,
                  hint: visit.t('messages.sender.selectorHint'),
                })}
                <button class="quiet">${visit.t('messages.sender.again')}</button>
              </form>`
            }
          </section>`,
        )}`,
    };
  });
}
