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
