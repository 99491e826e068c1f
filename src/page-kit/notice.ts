import { html, type Html, type Renderable } from './html.ts';
import type { PageContent } from './layout.ts';
import { say, sayPlain, type Notice } from './page-words.ts';
import type { Viewer } from './viewer.ts';

/** A page that tells one thing: heading, text, a date where there is one, and below it the ways on. */
export function noticePage(reader: Viewer, notice: Notice, waysOn: Renderable, at?: string): PageContent {
  const { product } = reader;
  return {
    title: sayPlain(notice.title, { product }),
    body: html`<p>${say(notice.text, { product })}</p>
      ${at !== undefined && notice.at !== undefined && html`<p>${say(notice.at, { date: reader.date(at) })}</p>`}
      ${waysOn}`,
  };
}

/** A notice that something was done. */
export function donePage(reader: Viewer, notice: Notice, waysOn: Renderable): PageContent {
  return { ...noticePage(reader, notice, waysOn), seal: true };
}

/** A link that looks like a button: the one thing to do next. */
export function buttonLink(href: string, text: string): Html {
  return html`<a class="button" href="${href}">${text}</a>`;
}

/** The other ways on, below a line. */
export function otherWays(links: readonly { readonly href: string; readonly text: string }[]): Html {
  return html`<ul class="ways">
    ${links.map(({ href, text }) => html`<li><a href="${href}">${text}</a></li>`)}
  </ul>`;
}

/** Who can help. */
export function helpLine({ words, product }: Viewer): Html {
  return html`<p class="help">${say(words.ways.help, { product })}</p>`;
}
