import type { Request, Response } from 'express';
import { choicePage } from '../password/choose-password.ts';
import type { Html } from '../../page-kit/html.ts';
import { say } from '../../page-kit/page-words.ts';
import type { Site } from '../site/site.ts';

/** In the words of the log. */
const failures = { invalid: 'signInInvalid', locked: 'signInLocked', notStarted: 'signInNotStarted' } as const;

/**
 * Tries a user name with a password or a one-time code, and answers with what comes next: the signed-in page, or the
 * choice of a new password. That page is the direct answer to the POST, so that its ticket never stands in a URL.
 * @param invalid what to say when they do not match
 * @param refuse answers with the page that asked, and the reason
 */
export async function answerSignIn(
  site: Site,
  request: Request,
  response: Response,
  userName: string,
  secret: string,
  invalid: string,
  refuse: (reason: Html | string) => void,
): Promise<void> {
  const result = await site.keys.signIn(site.tenant, userName, secret, request.ip, site.browsers.read(request));
  switch (result.outcome) {
    case 'ok': {
      // A browser that signs in again has one session, not two.
      const before = site.sessions.read(request);
      if (before !== undefined) await site.keys.endSession(before.tenant, before.userId, before.grant);
      site.sessions.begin(response, {
        tenant: site.tenant,
        userId: result.person.userId,
        grant: result.session,
        previousSignInAt: result.lastSignInAt,
      });
      site.browsers.remember(request, response, { ...result.session, ownerId: result.person.userId });
      return site.goOn(response, site.reader(request, result.person), '/signed-in');
    }
    case 'changeRequired':
    case 'codeAccepted': {
      const reader = site.reader(request, result.person);
      const path = result.outcome === 'codeAccepted' ? '/set-password' : '/change-password';
      const issued = await site.keys.lookUp(site.tenant, { ticket: result.ticket });
      const right =
        issued.state === 'valid' ? issued : ({ state: 'valid', person: result.person, expiresAt: null } as const);
      return site.send(response, 200, reader, choicePage(site, reader, path, { ticket: result.ticket }, right, []));
    }
    default: {
      site.noteFailure(response, failures[result.outcome], userName);
      const reader = site.reader(request);
      const { refusals } = reader.words;
      if (result.outcome === 'invalid') return refuse(invalid);
      if (result.outcome === 'locked') {
        return refuse(
          result.until === undefined ? refusals.locked : say(refusals.lockedUntil, { when: reader.when(result.until) }),
        );
      }
      return refuse(
        result.startsAt === undefined
          ? refusals.notStarted
          : say(refusals.notStartedUntil, { date: reader.date(result.startsAt) }),
      );
    }
  }
}
