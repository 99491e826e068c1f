import type { HexColor } from '../text/color-contrast.ts';
import { html, type Html } from './html.ts';
import type { Viewer } from './viewer.ts';

/** The key mark; it takes the colour of the text around it. */
export const keyMark = html`<svg
  class="mark"
  viewBox="0 0 32 32"
  width="32"
  height="32"
  aria-hidden="true"
  focusable="false"
>
  <circle cx="11" cy="16" r="6.5" fill="none" stroke="currentColor" stroke-width="3" />
  <path
    d="M17.5 16H29M24 16v5M29 16v4"
    fill="none"
    stroke="currentColor"
    stroke-width="3"
    stroke-linecap="round"
    stroke-linejoin="round"
  />
</svg>`;

const tick = html`<div class="seal">
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path
      d="M5 12.5l4.5 4.5L19 7.5"
      fill="none"
      stroke="currentColor"
      stroke-width="2.75"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
</div> `;

/** What differs between two pages. */
export interface PageContent {
  readonly title: string;
  readonly body: Html;
  /** A line above the heading. */
  readonly greeting?: Html;
  /** Has password fields, which the script of the pages can show. */
  readonly script?: boolean;
  /** Shows a tick above the heading: something was done. */
  readonly seal?: boolean;
}

/** Where the pages' own files are. */
export interface AssetLinks {
  readonly stylesheet: string;
  readonly script: string;
  readonly icon: string;
  /** Styles in a tenant's colour; absent where there are none, as in the console. */
  readonly brand?: (color: HexColor) => string;
}

/** One whole page, as every reader sees it: mark and product name, the title as heading, the body. */
export function layout(
  reader: Viewer,
  assets: AssetLinks,
  { title, body, greeting, seal = false, script = false }: PageContent,
): string {
  return html`<!doctype html>
<html lang="${reader.lang}" dir="${reader.dir}">
  <head>
    ${head(`${title} · ${reader.product}`, assets)}
    ${brandLink(reader, assets)}
    ${script && html`<script src="${assets.script}" defer></script>`}
  </head>
  <body>
    <main class="card">
      <p class="brand">${
        reader.logoUrl === undefined ? keyMark : html`<img src="${reader.logoUrl}" alt="" height="32" />`
      }<bdi>${reader.product}</bdi></p>
      ${seal && tick} ${greeting !== undefined && html`<p class="greeting">${greeting}</p>`}
      <h1>${title}</h1>
      ${body}
    </main>
  </body>
</html>
`.toString();
}

function brandLink({ brandColor }: Viewer, { brand }: AssetLinks): Html | false {
  return brandColor !== undefined && brand !== undefined && html`<link rel="stylesheet" href="${brand(brandColor)}" />`;
}

/** What every document's head holds. */
export function head(title: string, assets: AssetLinks): Html {
  return html`<meta charset="utf-8" />
    <title>${title}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="format-detection" content="telephone=no" />
    <link rel="icon" type="image/svg+xml" href="${assets.icon}" />
    <link rel="stylesheet" href="${assets.stylesheet}" />`;
}
