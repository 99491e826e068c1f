import { html, type Html } from '../../page-kit/html.ts';
import { buttonLink } from '../../page-kit/notice.ts';
import { sayPlain } from '../../page-kit/page-words.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';
import type { Viewer } from '../../page-kit/viewer.ts';

/**
 * The button to where the person's work is, as the tenant's settings name it for their application or for everybody;
 * undefined where they name nothing. Nothing of it comes from the request but which of the named applications it is.
 */
export function continueButton(site: PageRenderer, { application, product, words }: Viewer): Html | undefined {
  const { continueUrl, applications } = site.settings().onboarding;
  const own =
    application !== undefined && Object.hasOwn(applications, application) ? applications[application] : undefined;
  const url = own?.continueUrl ?? continueUrl;
  if (url === null) return undefined;
  return buttonLink(url, sayPlain(words.ways.continue, { name: own?.name ?? product }));
}

/**
 * The way on once a password is set: to where the person's work is. Where the settings name no such place the page says
 * that it can be closed; signing in here is there for those who want to.
 */
export function continueWays(site: PageRenderer, reader: Viewer): Html {
  const { ways } = reader.words;
  const on = continueButton(site, reader);
  if (on !== undefined) return on;
  return html`<p>${ways.close}</p>
    ${buttonLink(site.href(reader, '/sign-in'), ways.signIn)}`;
}
