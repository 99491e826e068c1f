import { changeForm } from './sign-in/change-password-page.ts';
import { choicePage } from './password/choose-password.ts';
import { codePage } from './first-key/code-page.ts';
import { forgotForm } from './sign-in/forgot-password-page.ts';
import type { PageContent } from '../page-kit/layout.ts';
import { noticePage } from '../page-kit/notice.ts';
import { NOTICES, say } from '../page-kit/page-words.ts';
import type { Viewer } from '../page-kit/viewer.ts';
import { proofPage, shownPage } from './first-key/reveal-password-page.ts';
import { signInForm } from './sign-in/sign-in-page.ts';
import { welcomePage } from './sign-in/signed-in-page.ts';
import type { PageRenderer } from '../page-kit/page-renderer.ts';
import { verifyForm } from './first-key/verify-email-page.ts';
import { deadRevealPage } from './first-key/dead-reveal-page.ts';
import { deadLinkPage } from './first-key/dead-link-page.ts';

/** A page, or a state of one, with sample values. */
type Sample = (site: PageRenderer, reader: Viewer, now: Date) => PageContent;

const person = {
  userId: 'sample',
  userName: 'ines@example.com',
  displayName: 'Ines Okoro',
  locales: [],
  timezone: undefined,
  application: undefined,
};
const proof = { token: 'SAMPLE' };
const dayMs = 86_400_000;

function right(now: Date) {
  return { state: 'valid', person, expiresAt: new Date(now.getTime() + dayMs).toISOString() } as const;
}

function visitor(now: Date) {
  return {
    session: {
      tenant: '',
      userId: person.userId,
      grant: { id: 'sample', signedInAt: now.toISOString(), validFrom: '' },
      previousSignInAt: new Date(now.getTime() - dayMs).toISOString(),
    },
    person,
  };
}

/** By the name of their words in a language file; where several share a page, by the part that it shows. */
const pages: Readonly<Record<string, Sample>> = {
  setPassword: (site, reader, now) => choicePage(site, reader, '/set-password', proof, right(now), []),
  enterCode: (site, reader) => codePage(site, reader),
  signIn: (site, reader) => signInForm(site, reader, [], ''),
  refusals: (site, reader, now) => signInForm(site, reader, said(reader, reader.words.refusals, now), person.userName),
  signedIn: (site, reader, now) => welcomePage(site, reader, visitor(now)),
  changePassword: (site, reader, now) => changeForm(site, reader, visitor(now), []),
  faults: (site, reader, now) => changeForm(site, reader, visitor(now), said(reader, reader.words.faults, now)),
  forgot: (site, reader) => forgotForm(site, reader, [], ''),
  verifyEmail: (site, reader) => verifyForm(site, reader, proof.token),
  revealPassword: (site, reader, now) =>
    proofPage(
      site,
      reader,
      proof.token,
      { ...right(now), proof: 'userName' },
      { userName: '', codeAsked: false, faults: [] },
    ),
  'revealPassword.byEmployeeNumber': (site, reader, now) =>
    proofPage(
      site,
      reader,
      proof.token,
      { ...right(now), proof: 'employeeNumber' },
      { userName: '', codeAsked: false, faults: [] },
    ),
  'revealPassword.byCode': (site, reader, now) =>
    proofPage(
      site,
      reader,
      proof.token,
      { ...right(now), proof: 'code' },
      { userName: '', codeAsked: false, faults: [] },
    ),
  'revealPassword.codeSent': (site, reader, now) =>
    proofPage(
      site,
      reader,
      proof.token,
      { ...right(now), proof: 'code' },
      { userName: person.userName, codeAsked: true, faults: [] },
    ),
  'revealPassword.shownTitle': (site, reader) => shownPage(site, reader, 'Sample-Password-1', true),
};

/** The states of links, whose pages hold ways on. */
const states = ['expired', 'superseded', 'replaced', 'moved', 'used', 'cancelled', 'locked', 'notYet'] as const;
const revealStates = new Map<string, 'used' | 'locked' | 'cancelled'>([
  ['revealed', 'used'],
  ['revealLocked', 'locked'],
  ['revealCancelled', 'cancelled'],
]);

const notices = Object.fromEntries(
  NOTICES.map((name): [string, Sample] => [
    `notices.${name}`,
    (site, reader, now) => {
      const at = now.toISOString();
      const state = states.find((one) => one === name);
      if (state !== undefined) return deadLinkPage(site, reader, { state, person, at }, proof.token);
      const revealState = revealStates.get(name);
      if (revealState !== undefined)
        return deadRevealPage(site, reader, { state: revealState, person, at }, proof.token);
      return name === 'unknown'
        ? deadLinkPage(site, reader, { state: 'unknown' }, proof.token)
        : noticePage(reader, reader.words.notices[name], undefined);
    },
  ]),
);

const samples: Readonly<Record<string, Sample>> = { ...pages, ...notices };

/** Every page that can be looked at with sample values: the keys of their words below `pages` in a language file. */
export const samplePageNames: readonly string[] = Object.keys(samples);

/**
 * A page with sample values, as its reader would see it.
 * @param name one of `samplePageNames`
 * @throws RangeError for any other
 */
export function samplePage(site: PageRenderer, reader: Viewer, name: string, now: Date): string {
  const sample = samples[name];
  if (sample === undefined) throw new RangeError(`there is no page '${name}'`);
  return site.write(reader, sample(site, reader, now));
}

function said(reader: Viewer, texts: Readonly<Record<string, string>>, now: Date) {
  return Object.values(texts).map((text) => ({
    text: say(text, { product: reader.product, date: reader.date(now.toISOString()), min: 15, max: 256 }),
  }));
}
