import { Router } from 'express';
import type { CapturedMail, Mailbox } from '../notify/mail/mailbox.ts';
import { html, type Html } from '../page-kit/html.ts';
import { head, keyMark, type AssetLinks } from '../page-kit/layout.ts';
import { loopbackOnly } from '../page-kit/loopback-only.ts';
import { pageHeaders } from '../page-kit/page-headers.ts';
import { queryValue } from '../page-kit/query-value.ts';

const LISTED = 1_000;

/**
 * `/dev/mailbox` and `/dev/mailbox.json`: a tenant's captured mail, for people at this machine. The page is a
 * developer's and speaks English.
 * @param base path below which the pages are served
 */
export function mailboxPage(mailbox: Mailbox, tenant: string, links: AssetLinks, base: string): Router {
  const router = Router();
  const headers = pageHeaders(false, { styles: ["'self'", "'unsafe-inline'"] });

  router.get('/dev/mailbox.json', loopbackOnly, ...headers, async (_request, response) => {
    const mails = await mailbox.list(tenant, LISTED);
    response.json(
      mails.map(({ id, to, subject, text, html: markup, at }) => ({ id, to, subject, text, html: markup, at })),
    );
  });

  router.get('/dev/mailbox', loopbackOnly, ...headers, async (request, response) => {
    const mails = await mailbox.list(tenant, LISTED);
    const chosen = queryValue(request, 'mail');
    const open = mails.find(({ id }) => id === chosen) ?? mails[0];
    response.type('html').send(page(links, base, mails, open).toString());
  });

  return router;
}

function page(links: AssetLinks, base: string, mails: readonly CapturedMail[], open: CapturedMail | undefined): Html {
  const path = `${base}/dev/mailbox`;
  return html`<!doctype html>
    <html lang="en" dir="ltr">
      <head>
        ${head('Captured mail · Latchkey', links)}
      </head>
      <body>
        <main class="desk">
          <p class="brand">${keyMark}Latchkey</p>
          <div class="bar">
            <h1>Captured mail</h1>
            <a class="button" href="${path}">Check for new mail</a>
          </div>
          <p class="soft">
            No mail server is configured, so nothing leaves this machine: every message ends here, newest first.
          </p>
          ${
            open === undefined
              ? emptyPane
              : html`<div class="panes">
                  <nav class="pane" aria-label="Mails">
                    <ul class="mails">
                      ${mails.map((mail) => mailLink(path, mail, mail === open))}
                    </ul>
                  </nav>
                  <article class="pane mail">${mailView(open)}</article>
                </div>`
          }
        </main>
      </body>
    </html> `;
}

function mailLink(path: string, { id, to, subject, at }: CapturedMail, current: boolean): Html {
  return html`<li>
    <a href="${path}?mail=${encodeURIComponent(id)}" ${current && html` aria-current="true"`}>
      <strong dir="auto">${subject}</strong><span><bdi>${to}</bdi></span
      ><span>${moment(at)}</span></a
    >
  </li>`;
}

function mailView({ to, subject, at, text, html: markup }: CapturedMail): Html {
  return html`<h2 dir="auto">${subject}</h2>
    <dl>
      <dt>To</dt>
      <dd><bdi>${to}</bdi></dd>
      <dt>Captured</dt>
      <dd>${moment(at)}</dd>
    </dl>
    <h3>As a mail program shows it</h3>
    <iframe
      title="The mail as a mail program shows it"
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      srcdoc="${linksInNewTab(markup)}"
    ></iframe>
    <h3>As plain text</h3>
    <pre dir="auto" tabindex="0" role="region" aria-label="The mail as plain text">${clickable(text)}</pre>`;
}

const emptyPane = html`<div class="pane empty">
  <h2>Nothing here yet</h2>
  <p>
    Create a user with <code>preRegistration</code> (an invitation to set a password) or <code>sendPassword</code> (a
    password by mail), and the message appears here within a second or two.
  </p>
  <p class="soft">The first start printed a <code>curl</code> line that does it.</p>
</div>`;

/** The sandboxed frame runs nothing and may only open links, each in a tab of its own. */
function linksInNewTab(markup: string): string {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(markup) ? markup.replace(/<head[^>]*>/i, (tag) => tag + base) : base + markup;
}

/** Plain text with its web addresses as links. */
function clickable(text: string): Html {
  const parts = text.split(/(https?:\/\/[^\s<>"']+)/);
  const link = (part: string) => html`<a href="${part}" target="_blank" rel="noopener noreferrer">${part}</a>`;
  return html`${parts.map((part, index) => (index % 2 === 1 ? link(part) : part))}`;
}

function moment(at: string): Html {
  return html`<time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>`;
}
