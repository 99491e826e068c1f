import type { Request, Response, Router } from 'express';
import type { Person } from '../../provisioning/user/person.ts';
import { html } from '../../page-kit/html.ts';
import type { PageContent } from '../../page-kit/layout.ts';
import { buttonLink, noticePage } from '../../page-kit/notice.ts';
import { continueButton } from '../password/continue-ways.ts';
import { say } from '../../page-kit/page-words.ts';
import { typed } from '../../page-kit/posted-form.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import type { Session } from '../site/session.ts';
import type { Site } from '../site/site.ts';
import type { PageRenderer } from '../../page-kit/page-renderer.ts';

const SIGN_OUT = '/sign-out';

/** Who is signed in, and by which session. */
export interface SignedIn {
  readonly session: Session;
  readonly person: Person;
}

/** `/signed-in` shows who is signed in and what they can do; `POST /sign-out` ends it. */
export function signedInPage(site: Site): Router {
  const router = site.router();

  router.get('/signed-in', async (request, response) => {
    const visitor = await visitorOf(site, request, response);
    if (visitor === undefined) return;
    const reader = site.reader(request, visitor.person);
    return site.send(response, 200, reader, welcomePage(site, reader, visitor));
  });

  router.post(SIGN_OUT, async (request, response) => {
    const session = site.sessions.read(request);
    const reader = site.reader(request);
    if (session !== undefined && !site.knowsForm(SIGN_OUT, typed(request, 'form'), holderOf(session)))
      return site.goOn(response, reader, '/signed-in');
    // First in the store: where that fails, nobody is told that they are signed out.
    if (session !== undefined) await site.keys.endSession(session.tenant, session.userId, session.grant);
    site.sessions.end(response);
    // Not "cookies": that would take those of every other host of the same domain (ASVS 5.0, 14.3.1).
    response.set('Clear-Site-Data', '"cache", "storage"');
    return site.goOn(response, reader, '/signed-out');
  });

  router.get(SIGN_OUT, (request, response) => site.goOn(response, site.reader(request), '/signed-in'));

  router.get('/signed-out', (request, response) => {
    const reader = site.reader(request);
    site.send(
      response,
      200,
      reader,
      noticePage(
        reader,
        reader.words.notices.signedOut,
        buttonLink(site.href(reader, '/sign-in'), reader.words.ways.signIn),
      ),
    );
  });

  return router.router;
}

/** Tells who is signed in, and what they can do. */
export function welcomePage(site: PageRenderer, reader: Viewer, { session, person }: SignedIn): PageContent {
  const { signedIn } = reader.words;
  const last = session.previousSignInAt;
  const on = continueButton(site, reader);
  const change = site.href(reader, '/change-password');
  const quietChange = html`<a class="button quiet" href="${change}">${signedIn.change}</a>`;
  const signOut = html`<button class="quiet" type="submit">${signedIn.signOut}</button>`;
  return {
    title: signedIn.title,
    seal: true,
    body: html`<p>
        ${say(signedIn.as, { name: person.displayName ?? person.userName })}<br />
        ${last === undefined ? signedIn.first : say(signedIn.last, { date: reader.date(last) })}
      </p>
      ${on}
      ${on === undefined ? buttonLink(change, signedIn.change) : quietChange}
      ${site.form(reader, SIGN_OUT, {}, signOut, holderOf(session))}`,
  };
}

/**
 * The signed-in user of a request; where there is none (any more), the answer is already sent: a redirect to the
 * sign-in page.
 */
export async function visitorOf(site: Site, request: Request, response: Response): Promise<SignedIn | undefined> {
  const session = site.sessions.read(request);
  const person = session && (await site.keys.holder(session.tenant, session.userId, session.grant));
  if (session !== undefined && person !== undefined) return { session, person };
  site.sessions.end(response);
  site.goOn(response, site.reader(request), '/sign-in');
  return undefined;
}

/** Names a session in the forms it is shown, so that another's form token is worth nothing. */
export function holderOf({ userId, grant }: Session): string {
  return `${userId} ${grant.id}`;
}
