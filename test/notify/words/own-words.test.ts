import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../../src/base/package-root.ts';
import { MessageBook } from '../../../src/notify/words/message-book.ts';
import { faultOfText, longestText, pathsBelow, textAt, withOwnWords } from '../../../src/notify/words/own-words.ts';
import { loadLocales } from '../../../src/text/locales.ts';

const locales = loadLocales(join(packageRoot, 'locales'));
const english = locales.get('en')!;
const subject = 'mail.messages.invitation.subject';
const text = 'mail.messages.invitation.text';

describe('own words', () => {
  it('are found by their path, those of messages, text messages and pages alone', () => {
    expect(textAt(english, subject)).to.equal('Set your password for {{productName}}');
    expect(textAt(english, 'mail.messages.invitation')).to.equal(undefined);
    expect(textAt(english, 'language')).to.equal(undefined);
    expect(textAt(english, 'mail.constructor.name')).to.equal(undefined);
    expect(textAt(english, '__proto__.x')).to.equal(undefined);
    expect(pathsBelow(english, 'mail.messages.invitation')).to.have.length(5).and.to.include(subject);
    expect(pathsBelow(english, 'pages.signIn')).to.include('pages.signIn.title');
    expect(pathsBelow(english, 'direction')).to.deep.equal([]);
  });

  for (const [path, own, fault] of [
    [subject, 'Welcome', undefined],
    [subject, 'Welcome to {{productName}}', undefined],
    [subject, 'Your code is {{code}}', /must use \{\{productName\}\}/],
    [text, 'Choose a password.', /must use \{\{productName\}\}/],
    [text, '{{productName}} waits for you at {{productName}}', undefined],
    [text, ' ', /must not be empty/],
    [text, `{{productName}}\nBcc: everybody@example.com`, /one line/],
    [subject, 'One\u2028two', /one line/],
    [text, `{{productName}}${'x'.repeat(longestText)}`, /at most 2000/],
  ] as const)
    it(`judge ${JSON.stringify(own.slice(0, 50))} for ${path}`, () => {
      const said = faultOfText(path, own, textAt(english, path)!);
      if (fault === undefined) expect(said).to.equal(undefined);
      else expect(said).to.match(fault);
    });

  it('leave out a text that a newer release has no place for', () => {
    const changed = withOwnWords(locales, {
      en: { [subject]: 'Hello', [text]: 'without its value', 'mail.gone': 'x' },
      xx: { [subject]: 'none' },
    });
    expect(textAt(changed.get('en')!, subject)).to.equal('Hello');
    expect(textAt(changed.get('en')!, text)).to.equal(textAt(english, text));
    expect(changed.get('de')).to.equal(locales.get('de'));
    expect(changed.has('xx')).to.equal(false);
    expect(textAt(english, subject)).to.contain('Set your password');
  });

  it("stand below an application's own", () => {
    const layouts = { html: '', text: '' };
    const crm = withOwnWords(locales, { en: { [subject]: 'Welcome to the CRM' } });
    const book = new MessageBook({ locales, layouts }, new Map([['crm', { locales: crm, layouts }]]));
    const own = book.with({ en: { [subject]: 'Ahoy', 'pages.signIn.title': 'On board' } });
    expect(textAt(own.wordingFor(undefined).locales.get('en')!, subject)).to.equal('Ahoy');
    expect(textAt(own.wordingFor('crm').locales.get('en')!, subject)).to.equal('Welcome to the CRM');
    expect(textAt(own.wordingFor('crm').locales.get('en')!, 'pages.signIn.title')).to.equal('On board');
    expect(book.with({})).to.equal(book);
  });
});
