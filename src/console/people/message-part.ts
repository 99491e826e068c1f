import { html, type Html } from '../../page-kit/html.ts';
import type { ShownMessage } from '../../operations/messages/shown-message.ts';
import type { ConsoleSite } from '../console-site.ts';
import { framePolicy } from '../frame-policy.ts';
import type { Visit } from '../visit/visit.ts';
import { templateName } from './person-parts.ts';

/** A message in a frame of its own address and policy. */
export function messageFrame(site: ConsoleSite): void {
  const rules = { section: 'deliveries', operations: ['getDeliveryMessage'] } as const;
  site.page('/deliveries/:id/frame', rules, async (visit) => {
    const { html: mail, text } = await messageOf(visit, visit.param('id'));
    const content = mail ?? html`<!doctype html><meta charset="utf-8"><title>SMS</title><pre>${text}</pre>`.toString();
    return {
      content,
      type: 'text/html; charset=utf-8',
      headers: {
        'Content-Security-Policy': framePolicy(),
        'X-Frame-Options': 'SAMEORIGIN',
        'Content-Disposition': 'inline',
      },
    };
  });
}

/** A message as it was sent, with its secret masked, and how its delivery went. */
export async function messagePart(visit: Visit, id: string): Promise<Html | false> {
  const found = await visit.attempt<ShownMessage>('getDeliveryMessage', { params: { id } });
  if ('refused' in found) return html`<p class="soft" id="message">${visit.t('people.messageGone')}</p>`;
  const { subject, to, language, text, delivery } = found.view;
  return html`<div class="spaced" id="message">
    <h3>${visit.say('people.asSent', { message: templateName(visit, delivery.template) })}</h3>
    <div class="preview">
      <iframe
        src="${visit.href(`/deliveries/${encodeURIComponent(id)}/frame`)}"
        title="${visit.t('people.frameTitle')}"
        sandbox
        loading="lazy"
      ></iframe>
      <div>
        <dl class="pairs">
          ${subject !== undefined && html`<dt>${visit.t('people.subject')}</dt><dd><bdi>${subject}</bdi></dd>`}
          ${to !== undefined && html`<dt>${visit.t('people.to')}</dt><dd><bdi>${to}</bdi></dd>`}
          ${
            language !== undefined
            && html`<dt>${visit.t('people.language')}</dt><dd>${languageName(visit, language)}</dd>`
          }
          <dt>${visit.t('people.delivery')}</dt>
          <dd><code dir="ltr">${delivery.id}</code></dd>
        </dl>
        <details class="spaced">
          <summary>${visit.t('people.plainText')}</summary>
          <pre tabindex="0" role="group" aria-label="${visit.t('people.plainText')}" dir="auto">${text}</pre>
        </details>
      </div>
    </div>
    <p class="soft small">${visit.t('people.masked')}</p>
  </div>`;
}

function messageOf(visit: Visit, id: string): Promise<ShownMessage> {
  return visit.call<ShownMessage>('getDeliveryMessage', { params: { id } });
}

function languageName(visit: Visit, tag: string): string {
  return new Intl.DisplayNames([visit.lang], { type: 'language' }).of(tag) ?? tag;
}
