import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleSite } from '../console-site.ts';
import { framePolicy } from '../frame-policy.ts';
import type { Visit } from '../visit/visit.ts';
import { triedFields } from './brand-form.ts';
import type { MessageChoice } from './message-choice.ts';

/** The answer of `previewMessage`. */
export interface PreviewView {
  readonly name: string;
  readonly language: string;
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
}

/** A mail or page with sample values, in a frame of its own address and policy. */
export function messageFrame(site: ConsoleSite): void {
  const rules = { section: 'messages', operations: ['previewMessage'] } as const;
  site.page('/messages/frame', rules, async (visit) => {
    const tried = Object.fromEntries(triedFields.map((name) => [name, visit.query(name)]));
    const { html: content = '' } = await visit.call<PreviewView>('previewMessage', {
      params: { name: visit.query('name') },
      query: { language: visit.query('language'), ...tried },
    });
    const logo = visit.query('logoUrl') || (visit.settings.brand.logoUrl ?? '');
    return {
      content,
      type: 'text/html; charset=utf-8',
      headers: {
        'Content-Security-Policy': framePolicy({ images: logoSite(logo) }),
        'X-Frame-Options': 'SAMEORIGIN',
        'Content-Disposition': 'inline',
      },
    };
  });
}

/** What was chosen, as its reader sees it; and the button that sends it to oneself. */
export function messagePreview(
  visit: Visit,
  choice: MessageChoice,
  view: PreviewView,
  tried: Readonly<Record<string, string>>,
): Html {
  const { name, language, channel, scheme, width } = choice;
  const isPage = name.startsWith('pages.');
  return html`<section aria-labelledby="preview">
    <h2 id="preview">${visit.t('messages.preview')}</h2>
    ${
      view.subject !== undefined
      && html`<dl class="pairs"><dt>${visit.t('people.subject')}</dt><dd><bdi
        lang="${language}">${view.subject}</bdi></dd></dl>`
    }
    ${
      view.html === undefined
        ? html`<pre class="sms" lang="${language}" dir="auto" tabindex="0" role="group"
          aria-labelledby="preview">${view.text}</pre>`
        : html`<div class="screen ${width} ${scheme}">
            <iframe
              id="message-frame"
              src="${visit.href('/messages/frame', { name, language, ...tried })}"
              title="${visit.t('messages.frame')}"
              sandbox
            ></iframe>
          </div>
          <p class="soft small">${visit.t('messages.sample')}</p>`
    }
    ${
      view.html !== undefined
      && view.text !== undefined
      && html`<details>
        <summary>${visit.t('people.plainText')}</summary>
        <pre lang="${language}" dir="auto" tabindex="0" role="group"
          aria-label="${visit.t('people.plainText')}">${view.text}</pre>
      </details>`
    }
    ${
      !isPage
      && channel === 'email'
      && visit.may('sendTestMessage')
      && visit.form(
        '/messages/send',
        html`<button class="quiet">${visit.t('messages.send')}</button>
          <p class="hint">${visit.say('messages.sendHint', { mail: visit.me.administrator.email })}</p>`,
        { hidden: { name, language }, className: 'stack spaced' },
      )
    }
  </section>`;
}

/** The site that a logo comes from; '' where there is none. */
export function logoSite(url: string): string {
  return URL.canParse(url) && new URL(url).protocol === 'https:' ? new URL(url).origin : '';
}
