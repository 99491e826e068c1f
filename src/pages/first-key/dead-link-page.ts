import type { DeadRight } from '../../provisioning/access/right-to-set.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import { buttonLink, helpLine, noticePage, otherWays } from '../../page-kit/notice.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import { renewForm } from './renew-page.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';

/** The HTTP status of a link that does not work: gone for good (410), never known (404), or simply early (200). */
export function deadLinkStatus({ state }: DeadRight): number {
  if (state === 'unknown') return 404;
  return state === 'notYet' ? 200 : 410;
}

/** The page behind a link that does not work: what happened to it, when, and the way on. */
export function deadLinkPage(site: PageRenderer, reader: Viewer, right: DeadRight, token: string): PageContent {
  return noticePage(
    reader,
    reader.words.notices[right.state],
    waysOn(site, reader, right.state, token),
    right.state === 'unknown' ? undefined : right.at,
  );
}

function waysOn(site: PageRenderer, reader: Viewer, state: DeadRight['state'], token: string): Html {
  const { ways } = reader.words;
  const signIn = { href: site.href(reader, '/sign-in'), text: ways.signIn };
  const forgot = { href: site.href(reader, '/forgot-password'), text: ways.forgot };
  const code = { href: site.href(reader, '/set-password'), text: ways.code };
  switch (state) {
    case 'expired':
    case 'superseded':
    case 'locked':
      return html`${renewForm(site, reader, token)}${otherWays([code, signIn])}`;
    case 'used':
    case 'replaced':
    case 'moved':
      return html`${buttonLink(signIn.href, signIn.text)}${otherWays([forgot])}`;
    case 'unknown':
      return html`${buttonLink(forgot.href, ways.sendNew)}${otherWays([code, signIn])}`;
    case 'cancelled':
    case 'notYet':
      return helpLine(reader);
  }
}
