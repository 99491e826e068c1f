import { expect } from 'chai';
import supertest from 'supertest';
import { importPages } from '../../../src/console/imports/import-pages.ts';
import { PeopleBench } from '../../support/people-bench.ts';

const evil = `"><script>alert(1)</script>`;

/** Chooses a file in the form of the page, as a browser does. */
async function upload(bench: PeopleBench, browser: { cookie: string; get: PeopleGet }, name: string, text: string) {
  const { text: page } = await browser.get('/imports');
  const [, action = ''] = /action="([^"]*\/imports\?form=[^"]*)"/.exec(page) ?? [];
  return supertest(bench.console.app)
    .post(action.replaceAll('&amp;', '&'))
    .set('Cookie', `__Host-latchkey-console=${browser.cookie}`)
    .attach('file', Buffer.from(text), { filename: name, contentType: 'text/csv' });
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
