import { expect } from 'chai';
import supertest from 'supertest';
import { importPages } from '../../../src/console/imports/import-pages.ts';
import { PeopleBench } from '../../support/people-bench.ts';

const evil = `"><script>alert(1)</script>`;

/** Chooses a file in the form of the page, as a browser does. */
async function upload(
  bench: PeopleBench,
  browser: { cookie: string; get: PeopleGet },
  name: string,
  text: string,
  fields: Readonly<Record<string, string>> = {},
) {
  const { text: page } = await browser.get('/imports');
  const [, action = ''] = /action="([^"]*\/imports\?form=[^"]*)"/.exec(page) ?? [];
  const form = supertest(bench.console.app)
    .post(action.replaceAll('&amp;', '&'))
    .set('Cookie', `__Host-latchkey-console=${browser.cookie}`);
  for (const [field, value] of Object.entries(fields)) void form.field(field, value);
  return form.attach('file', Buffer.from(text), { filename: name, contentType: 'text/csv' });
}
type PeopleGet = (path: string) => Promise<{ readonly text: string; readonly status: number }>;

describe('/console/imports', () => {
  it('takes a file, and shows what was guessed of it', async () => {
    const bench = new PeopleBench(importPages);
    const browser = await bench.signedIn();
    const csv = `userName,givenName,email\nomar,Omar,omar@mail.example\n${evil.replaceAll('"', '')},X,not an address\n`;
    const sent = await upload(bench, browser, `people${evil.replaceAll('"', '')}.csv`, csv);
    expect(sent.status, sent.text).to.equal(303);
    const path = (sent.headers['location'] ?? '').replace('/console', '');
    const { text } = await browser.get(path);
    expect(text).not.to.contain('<script>alert');
    expect(text).to.contain('The file').and.to.contain('userName, givenName, email');
  });

  it('asks what headings mean that it does not know, with its guesses, and takes the answers', async () => {
    const bench = new PeopleBench(importPages);
    const browser = await bench.signedIn();
    const csv = 'Login;Vorname;Nachname;E-Mail;Raum"\n'.replace('"', '') + 'omar;Omar;Haddad;omar@mail.example;7\n';
    const sent = await upload(bench, browser, 'people.csv', csv);
    expect(sent.status, sent.text).to.equal(303);
    const { text } = await browser.get((sent.headers['location'] ?? '').replace('/console', ''));
    const answers = Object.fromEntries(
      [...text.matchAll(/name="column:([^"]*)"\s+value="([^"]*)"/g)].map(([, heading = '', guess = '']) => [
        `column:${heading}`,
        guess,
      ]),
    );
    expect(answers).to.deep.equal({
      'column:Login': 'userName',
      'column:Vorname': 'givenName',
      'column:Nachname': 'familyName',
      'column:E-Mail': 'email',
      'column:Raum': '',
    });
    const again = await upload(bench, browser, 'people.csv', csv, { ...answers, 'column:Raum': '-' });
    expect(again.status, again.text).to.equal(303);
    const page = await browser.get((again.headers['location'] ?? '').replace('/console', ''));
    expect(page.text).to.contain('Login → userName').and.to.contain('Raum → –');
  });

  it('is for those who may create people', async () => {
    const bench = new PeopleBench(importPages);
    const auditor = await bench.signedIn('auditor');
    const { status, text } = await auditor.get('/imports');
    if (status === 200) expect(text).not.to.contain('type="file"');
    else expect(status).to.equal(403);
  });

  it('takes no file that another site sends', async () => {
    const bench = new PeopleBench(importPages);
    const browser = await bench.signedIn();
    const sent = await supertest(bench.console.app)
      .post('/console/imports')
      .set('Cookie', `__Host-latchkey-console=${browser.cookie}`)
      .attach('file', Buffer.from('userName\nx\n'), 'x.csv');
    expect(sent.status).to.equal(403);
  });
});
