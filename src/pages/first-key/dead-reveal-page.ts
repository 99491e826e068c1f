import type { DeadRight } from '../../provisioning/access/right-to-set.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import { buttonLink, helpLine, noticePage, otherWays } from '../../page-kit/notice.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import { renewForm } from './renew-page.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';

/** What is said of a link to a password where that is not what is said of an invitation. */
const notices: Partial<Record<DeadRight['state'], keyof Viewer['words']['notices']>> = {
  used: 'revealed',
  locked: 'revealLocked',
  replaced: 'revealCancelled',
  cancelled: 'revealCancelled',
};

/** The page behind a link that shows no password (any more): what happened to it, when, and the way on. */
export function deadRevealPage(site: PageRenderer, reader: Viewer, right: DeadRight, token: string): PageContent {
  const { state } = right;
  return noticePage(
    reader,
    reader.words.notices[notices[state] ?? state],
    waysOn(site, reader, state, token),
    state === 'unknown' ? undefined : right.at,
  );
}

function waysOn(site: PageRenderer, reader: Viewer, state: DeadRight['state'], token: string): Html {
  const { ways } = reader.words;
  const signIn = { href: site.href(reader, '/sign-in'), text: ways.signIn };
  const renew = renewForm(site, reader, token);
  switch (state) {
    case 'used':
      return html`${buttonLink(signIn.href, signIn.text)}${renew}${helpLine(reader)}`;
    case 'expired':
    case 'superseded':
    case 'locked':
      return html`${renew}${otherWays([signIn])}`;
    case 'cancelled':
    case 'replaced':
    case 'moved':
      return html`${buttonLink(signIn.href, signIn.text)}${helpLine(reader)}`;
    case 'unknown':
      return html`${buttonLink(site.href(reader, '/forgot-password'), ways.sendNew)}${otherWays([signIn])}`;
    case 'notYet':
      return helpLine(reader);
  }
}
