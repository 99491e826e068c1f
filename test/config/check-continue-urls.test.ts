import { expect } from 'chai';
import { checkContinueUrls } from '../../src/config/check-continue-urls.ts';
import type { Settings } from '../../src/config/settings.ts';
import { settings } from '../support/account-site.ts';

function check(continueUrl: string | null, ofApplication?: string) {
  const applications: Settings['onboarding']['applications'] =
    ofApplication === undefined ? {} : { crm: { continueUrl: ofApplication } };
  return checkContinueUrls({ onboarding: { ...settings.onboarding, continueUrl, applications } });
}

describe('where people go on to', () => {
  for (const url of [
    'https://work.example',
    'https://work.example/start?a=b#c',
    'http://localhost:3000/',
    'http://127.0.0.1:8080',
    'http://[::1]/x',
  ]) {
    it(`may be ${url}`, () => {
      expect(check(url)).to.equal(undefined);
      expect(check(null, url)).to.equal(undefined);
    });
  }

  for (const url of [
    '',
    'work.example',
    '//work.example',
    '/start',
    'http://work.example',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://user:secret@work.example',
    'https://user@work.example',
    'https://',
    'https://work.example/a b',
    ' https://work.example',
    'https://work.example\n',
  ]) {
    it(`may not be ${JSON.stringify(url)}`, () => {
      expect(check(url)?.path).to.deep.equal(['onboarding', 'continueUrl']);
      expect(check(null, url)?.path).to.deep.equal(['onboarding', 'applications', 'crm', 'continueUrl']);
    });
  }
});
