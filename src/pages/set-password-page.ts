import { Router, type Request, type Response } from 'express';
import type { Proof } from '../provisioning/access/access.ts';
import type { DeadRight } from '../provisioning/access/right-to-set.ts';
import { answerChoice, choicePage } from './choose-password.ts';
import { codePage, postCode } from './code-page.ts';
import { buttonLink, donePage } from '../page-kit/notice.ts';
import { postedForm, typed } from './posted-form.ts';
import { queryValue } from '../page-kit/query-value.ts';
import type { Site } from './site.ts';
import { deadLinkPage, deadLinkStatus } from './dead-link-page.ts';

const PATH = '/set-password';

/**
 * `/set-password`: by the token of a mailed link, or by user name and code. Opening it changes nothing, as mail
 * scanners open links; only a POST with a password that passes every rule does.
 */
export function setPasswordPage(site: Site): Router {
  const router = Router();

  router.get(PATH, async (request, response) => {
    const token = queryValue(request, 'token');
    if (token === undefined) {
      const reader = site.reader(request);
      return site.send(response, 200, reader, codePage(site, reader));
    }
    const proof = { token };
    const right = await site.keys.lookUp(site.tenant, proof);
    if (right.state !== 'unknown') site.noteOpening(request, token);
    if (right.state !== 'valid') return sendVoidRight(site, request, response, proof.token, right);
    const reader = site.reader(request, right.person);
    return site.send(response, 200, reader, choicePage(site, reader, PATH, proof, right, []));
  });

  router.post(PATH, ...postedForm(site), async (request, response) => {
    const proof = postedProof(request);
    if (proof === undefined) return postCode(site, request, response);
    return answerChoice(site, request, response, PATH, proof, (right) => {
      if ('token' in proof) return sendVoidRight(site, request, response, proof.token, right);
      const reader = site.reader(request);
      return site.send(response, 403, reader, codePage(site, reader, [{ text: reader.words.faults.formExpired }]));
    });
  });

  router.get(`${PATH}/done`, (request, response) => {
    const reader = site.reader(request);
    site.send(
      response,
      200,
      reader,
      donePage(
        reader,
        reader.words.notices.passwordSet,
        buttonLink(site.href(reader, '/sign-in'), reader.words.ways.signIn),
      ),
    );
  });

  return router;
}

function postedProof(request: Request): Proof | undefined {
  const token = typed(request, 'token');
  if (token !== '') return { token };
  const ticket = typed(request, 'ticket');
  return ticket === '' ? undefined : { ticket };
}

function sendVoidRight(site: Site, request: Request, response: Response, token: string, right: DeadRight): void {
  const reader = site.reader(request, right.state === 'unknown' ? undefined : right.person);
  site.send(response, deadLinkStatus(right), reader, deadLinkPage(site, reader, right, token));
}
