import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { previewMessage, templateNames } from '../../../src/previews/preview-message.ts';
import { pageNames, previewPage } from '../../../src/previews/preview-page.ts';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { loadWording } from '../../../src/composition/core/load-wording.ts';
import { TemplateError } from '../../../src/notify/words/load-message-book.ts';
import type { MessageBook } from '../../../src/notify/words/message-book.ts';
import { writeMail } from '../../../src/notify/words/write-message.ts';
import { packageFile } from '../../../src/base/package-root.ts';

const layout = readFileSync(packageFile('templates/mail.html.mustache'), 'utf8');
const settings = loadSettings(undefined);

describe('loadMessageBook', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-templates-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (name: string, content: unknown): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  };
  const load = (): MessageBook => loadWording(folder);
  const faults = (): string => {
    try {
      load();
      return 'no fault';
    } catch (error) {
      if (error instanceof TemplateError) return error.message.replaceAll(`${folder}/`, '');
      throw error;
    }
  };
  const subject = (book: MessageBook, locale: string, application?: string): string =>
    writeMail(
      book,
      { template: 'invitation', data: application === undefined ? {} : { application } },
      { locales: [locale], values: { productName: 'P', userName: 'u', link: 'https://x.example/' } },
    ).subject;
  const words = (text: string) => ({ mail: { messages: { invitation: { subject: text } } } });

  it("lays a tenant's words over the shipped ones, and an application's over those", () => {
    put('de.json', words('Willkommen'));
    put('de-AT.json', words('Servus'));
    put('crm/de.json', words('Willkommen im CRM'));
    const book = load();
    expect(['de', 'de-AT', 'de-CH', 'en'].map((locale) => subject(book, locale))).to.deep.equal([
      'Willkommen',
      'Servus',
      'Willkommen',
      'Set your password for P',
    ]);
    expect([
      subject(book, 'de', 'crm'),
      subject(book, 'en', 'crm'),
      subject(book, 'de', 'unheard of'),
      subject(book, 'de', '../crm'),
    ]).to.deep.equal(['Willkommen im CRM', 'Set your password for P', 'Willkommen', 'Willkommen']);
  });

  it('takes layouts of the tenant and of an application', () => {
    put('mail.html.mustache', layout.replace('</body>', '<p>Tenant</p></body>'));
    put('crm/mail.txt.mustache', 'CRM\n{{text}}{{#details}}{{label}} {{value}}{{/details}}{{link}}{{unexpected}}');
    const book = load();
    const show = (application?: string, html = false) =>
      previewMessage(
        book,
        'invitation',
        { html, ...(application === undefined ? {} : { application }) },
        settings,
        'https://x.example',
        new Date(),
      );
    expect(show(undefined, true)).to.include('<p>Tenant</p>');
    expect(show('crm', true)).to.include('<p>Tenant</p>');
    expect(show('crm')).to.include('CRM').and.include('https://x.example/set-password?token=PREVIEW');
    expect(show()).not.to.include('CRM');
  });

  it('lays the words of pages over each other in the same way', () => {
    put('de.json', { pages: { signIn: { title: 'Rein' } } });
    put('crm/de.json', { pages: { signIn: { button: 'Ins CRM' } } });
    const page = (application?: string) =>
      previewPage(
        load(),
        'pages.signIn',
        { locale: 'de', ...(application === undefined ? {} : { application }) },
        settings,
        'https://x.example',
        new Date(),
      );
    expect(page())
      .to.include('<h1>Rein</h1>')
      .and.include('>Anmelden</button>')
      .and.include('action="/sign-in?lang=de"');
    expect(page('crm'))
      .to.include('<h1>Rein</h1>')
      .and.include('>Ins CRM</button>')
      .and.include('action="/sign-in?lang=de&amp;application=crm"');
    expect(page('unheard of')).to.include('>Anmelden</button>').and.not.include('application');
  });

  it('keeps to the shipped wording without a folder', () => {
    expect(subject(loadWording(undefined), 'fr')).to.equal(subject(load(), 'fr'));
  });

  const table: Record<string, [string, unknown, RegExp]> = {
    'a text that is not there': [
      'de.json',
      '{\n "mail": {\n  "greetin": "x"\n }\n}',
      /^de\.json:3: \/mail\/greetin is not a known key/,
    ],
    'a lost placeholder': [
      'de.json',
      '{\n "mail": {\n  "greeting": "Hallo,"\n }\n}',
      /^de\.json:3: \/mail\/greeting must use \{\{displayName\}\}/,
    ],
    'a made-up placeholder': [
      'crm/en.json',
      '{"sms":{"page":"{{link}} {{secret}}"}}',
      /^crm\/en\.json:1: \/sms\/page must use \{\{link\}\}/,
    ],
    'a page that is not there': [
      'de.json',
      '{\n "pages": {\n  "signUp": { "title": "x" }\n }\n}',
      /^de\.json:3: \/pages\/signUp is not a known key/,
    ],
    "a page's text that is not there": [
      'crm/de.json',
      '{"pages":{"notices":{\n"expired":{\n"titel":"x"}}}}',
      /^crm\/de\.json:3: \/pages\/notices\/expired\/titel is not a known key/,
    ],
    'a text where there are several': [
      'de.json',
      '{"pages":{"signIn":"x"}}',
      /^de\.json:1: \/pages\/signIn must be an object/,
    ],
    'several where there is a text': [
      'de.json',
      '{"pages":{"signIn":{"title":{"a":"x"}}}}',
      /^de\.json:1: \/pages\/signIn\/title must be a text/,
    ],
    'a lost placeholder of a page': [
      'de.json',
      '{"pages":{"setPassword":{"expires":"Bald."}}}',
      /^de\.json:1: \/pages\/setPassword\/expires must use \{\{date\}\}/,
    ],
    'an empty text of a page': ['de.json', '{"pages":{"signIn":{"title":""}}}', /^de\.json:1: \/pages\/signIn\/title/],
    'a language nobody ships': ['sv.json', '{}', /^sv\.json:1: .*no words to build on/],
    'broken JSON': ['de.json', '{\n"mail": ', /^de\.json:2: is not JSON/],
    'another file': ['notes.txt', 'x', /^notes\.txt:1: is neither/],
    'an unknown placeholder in a layout': [
      'mail.html.mustache',
      layout.replace('{{title}}', '{{titel}}'),
      /^mail\.html\.mustache:\d+: \{\{titel\}\} is not known/,
    ],
    'a layout without a link': [
      'mail.txt.mustache',
      '{{text}}{{#details}}{{value}}{{/details}}{{unexpected}}',
      /^mail\.txt\.mustache:1: \{\{link\}\} is missing/,
    ],
    'unescaped text': ['mail.html.mustache', layout.replace('{{text}}', '{{{text}}}'), /would not be escaped/],
    'a remote picture': [
      'mail.html.mustache',
      layout.replace('</body>', '<img src="https://track.example/x.gif"></body>'),
      /would fetch something from elsewhere/,
    ],
    'a script': [
      'mail.html.mustache',
      layout.replace('</body>', '<script>1</script></body>'),
      /'<script' is an element/,
    ],
    'no Mustache': ['mail.txt.mustache', 'a\nb {{#text}}', /^mail\.txt\.mustache:2: is not valid Mustache/],
  };
  for (const [name, [file, content, expected]] of Object.entries(table)) {
    it(`names file and line of ${name}`, () => {
      put(file, content);
      expect(faults()).to.match(expected);
    });
  }

  it('tells of every fault at once, and of a folder that is not there', () => {
    put('de.json', { mail: { greeting: 'Hallo,' } });
    put('crm/fr.json', { sms: { page: 'x' } });
    expect(faults().split('\n')).to.have.lengthOf(2);
    expect(() => loadWording(join(folder, 'nowhere'))).to.throw(TemplateError, 'cannot be read');
  });

  it('previews every message and page in every shipped language', () => {
    const book = loadWording(undefined);
    const { locales } = book.wordingFor(undefined);
    for (const template of templateNames) {
      for (const locale of locales.keys()) {
        for (const html of [true, false]) {
          expect(
            previewMessage(book, template, { locale, html }, settings, 'https://x.example', new Date()),
          ).not.to.match(/\{\{|undefined/);
        }
      }
    }
    for (const page of pageNames) {
      for (const locale of locales.keys()) {
        expect(previewPage(book, page, { locale }, settings, 'https://x.example', new Date()), `${page} in ${locale}`)
          .to.include(`lang="${locale}"`)
          .and.not.match(/\{\{|undefined/);
      }
    }
    expect(previewMessage(book, 'invitationCode', { sms: true }, settings, 'https://x.example', new Date())).to.match(
      /@x\.example #7K4P9RTX$/,
    );
    expect(() => previewMessage(book, 'password', { sms: true }, settings, 'https://x.example', new Date())).to.throw(
      'never sent as a text message',
    );
  });
});
