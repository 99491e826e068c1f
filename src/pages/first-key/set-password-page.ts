import type { Request, Response, Router } from 'express';
import type { DeadRight } from '../../provisioning/access/right-to-set.ts';
import { answerChoice, choicePage } from '../password/choose-password.ts';
import { codePage, postCode } from './code-page.ts';
import { donePage } from '../../page-kit/notice.ts';
import { continueWays } from '../password/continue-ways.ts';
import { typed } from '../../page-kit/posted-form.ts';
import { givenToken, lookUpLink } from '../site/link-token.ts';
import type { Site } from '../site/site.ts';
import { deadLinkPage, deadLinkStatus } from './dead-link-page.ts';

const PATH = '/set-password';

/**
 * `/set-password`: by the token of a mailed link, or by user name and code. Opening it changes nothing, as mail
 * scanners open links; only a POST with a password that passes every rule does.
 */
export function setPasswordPage(site: Site): Router {
  const router = site.router();

  router.get(PATH, async (request, response) => {
    const given = givenToken(request);
    if (given === undefined) {
      const reader = site.reader(request);
      return site.send(response, 200, reader, codePage(site, reader));
    }
    const { token, right } = await lookUp(site, given);
    if (right.state !== 'unknown') site.noteOpening(request, token);
    if (right.state !== 'valid') return sendVoidRight(site, request, response, token, right);
    const reader = site.reader(request, right.person);
    return site.send(response, 200, reader, choicePage(site, reader, PATH, { token }, right, []));
  });

  router.post(PATH, async (request, response) => {
    const ticket = typed(request, 'ticket');
    const given = typed(request, 'token') || (ticket === '' ? (givenToken(request) ?? '') : '');
    if (given !== '') {
      const { token, right } = await lookUp(site, given);
      return answerChoice(site, request, response, PATH, { token }, right, (dead) =>
        sendVoidRight(site, request, response, token, dead),
      );
    }
    if (ticket === '') return postCode(site, request, response);
    const right = await site.keys.lookUp(site.tenant, { ticket });
    return answerChoice(site, request, response, PATH, { ticket }, right, () => {
      const reader = site.reader(request);
      site.send(response, 403, reader, codePage(site, reader, [{ text: reader.words.faults.formExpired }]));
    });
  });

  router.get(`${PATH}/done`, (request, response) => {
    const reader = site.reader(request);
    site.send(response, 200, reader, donePage(reader, reader.words.notices.passwordSet, continueWays(site, reader)));
  });

  return router.router;
}

function lookUp(site: Site, given: string) {
  return lookUpLink(given, async (token) => site.keys.lookUp(site.tenant, { token }));
}

function sendVoidRight(site: Site, request: Request, response: Response, token: string, right: DeadRight): void {
  const reader = site.reader(request, right.state === 'unknown' ? undefined : right.person);
  site.send(response, deadLinkStatus(right), reader, deadLinkPage(site, reader, right, token));
}
