import { html, type Html } from '../../page-kit/html.ts';
import type { Visit } from '../visit/visit.ts';

/** The answer of `listMessages`. */
export interface MessageListView {
  readonly languages: readonly string[];
  readonly language: string;
  readonly messages: readonly { readonly name: string; readonly channels: readonly string[] }[];
  readonly pages: readonly string[];
  readonly from: string;
  readonly captured: boolean;
}

/** Which text is looked at, and how. */
export interface MessageChoice {
  /** A message, or `pages.` and a page. */
  readonly name: string;
  readonly language: string;
  readonly channel: string;
  /** What may carry it; none for a page. */
  readonly channels: readonly string[];
  readonly scheme: 'light' | 'dark';
  readonly width: 'phone' | 'desktop';
}

/** What the address, or the form, asks for; what is not there is the first message in the tenant's language. */
export function choiceOf(visit: Visit, list: MessageListView): MessageChoice {
  const asked = (name: string): string => visit.query(name) || visit.field(name);
  const page = list.pages.find((one) => `pages.${one}` === asked('name'));
  const message = list.messages.find(({ name }) => name === asked('name')) ?? list.messages[0];
  const channels = page === undefined ? (message?.channels ?? []) : [];
  const own = list.language.toLowerCase().split('-', 1)[0];
  return {
    name: page === undefined ? (message?.name ?? '') : `pages.${page}`,
    language:
      list.languages.find((one) => one === asked('language'))
      ?? list.languages.find((one) => one.toLowerCase().split('-', 1)[0] === own)
      ?? 'en',
    channel: channels.find((one) => one === asked('channel')) ?? channels[0] ?? 'email',
    channels,
    scheme: asked('scheme') === 'dark' ? 'dark' : 'light',
    width: asked('width') === 'desktop' ? 'desktop' : 'phone',
  };
}

/** What is looked at: a form without a token, for it changes nothing. */
export function chooser(
  visit: Visit,
  path: string,
  list: MessageListView,
  choice: MessageChoice,
  tried: Readonly<Record<string, string>> = {},
): Html {
  const names = new Intl.DisplayNames([visit.lang], { type: 'language' });
  const select = (name: string, options: Html): Html => html`<div class="field">
    <label for="${name}">${visit.t(`messages.choose.${name}`)}</label>
    <select id="${name}" name="${name}">${options}</select>
  </div>`;
  const option = (value: string, text: string, chosen: string): Html =>
    html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`;
  return html`<form action="${visit.href(path)}" class="filters" data-auto
    aria-label="${visit.t('messages.choose.label')}">
    ${select(
      'name',
      html`<optgroup
        label="${visit.t('messages.choose.mails')}">${list.messages.map(({ name }) =>
          option(name, nameOf(visit, name), choice.name),
        )}</optgroup>
        <optgroup label="${visit.t('messages.choose.pages')}">${list.pages.map((page) =>
          option(`pages.${page}`, pageName(visit, page), choice.name),
        )}</optgroup>`,
    )}
    ${select('language', html`${list.languages.map((one) => option(one, names.of(one) ?? one, choice.language))}`)}
    ${
      choice.channels.length > 1
      && select(
        'channel',
        html`${choice.channels.map((one) => option(one, visit.t(`messages.channels.${one}`), choice.channel))}`,
      )
    }
    ${select(
      'scheme',
      html`${['light', 'dark'].map((one) => option(one, visit.t(`messages.schemes.${one}`), choice.scheme))}`,
    )}
    ${select(
      'width',
      html`${['phone', 'desktop'].map((one) => option(one, visit.t(`messages.widths.${one}`), choice.width))}`,
    )}
    ${Object.entries(tried).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
    <button class="quiet">${visit.t('messages.choose.show')}</button>
  </form>`;
}

/** What a message is called. */
function nameOf(visit: Visit, name: string): string {
  const key = `people.templates.${name}`;
  return visit.knows(key) ? visit.t(key) : name;
}

/** What a page is called; of its states the name as the language files have it. */
function pageName(visit: Visit, name: string): string {
  const key = `messages.pages.${name}`;
  return visit.knows(key) ? visit.t(key) : name;
}

/** The choice as an address or a form carries it. */
export function choiceFields({
  name,
  language,
  channel,
  scheme,
  width,
}: MessageChoice): Readonly<Record<string, string>> {
  return { name, language, channel, scheme, width };
}
