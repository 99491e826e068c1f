import { expect } from 'chai';
import { bulkPages } from '../../../src/console/bulk/bulk-pages.ts';
import { peoplePages } from '../../../src/console/people/people-pages.ts';
import { PeopleBench } from '../../support/people-bench.ts';
import type { ConsoleBrowser } from '../../support/console-bench.ts';
import { tenant, userBody } from '../../support/provisioning-bench.ts';

const evil = `"><script>alert(1)</script>`;

async function withPeople(count: number) {
  const bench = new PeopleBench((site) => {
    bulkPages(site);
    peoplePages(site);
  });
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1)
    ids.push(
      await bench.provisioning.createUser(
        userBody(`person-${number}`, { preRegistration: true }, { displayName: `Person ${number} ${evil}` }),
      ),
    );
  await bench.deliver();
  bench.provisioning.passMinutes(2);
  return { bench, ids, browser: await bench.signedIn() };
}

/** Opens the page of a job until nothing of it is under way. */
async function finished(browser: ConsoleBrowser, path: string): Promise<string> {
  for (let look = 0; look < 200; look += 1) {
    const { text } = await browser.get(path);
    if (!text.includes('data-live="2"')) return text;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the job did not come to its end');
}

const placeOf = (answer: { readonly headers: object }): string =>
  String((answer.headers as { location?: string }).location).replace(/^\/console/, '');

describe('/console/people/bulk', () => {
  it('plans what is to be done to the ticked rows, shows the plan, does it when it is approved, and takes it back', async () => {
    const { bench, ids, browser } = await withPeople(2);
    const place = placeOf(await browser.submit('/people', { id: ids[0]!, action: 'deactivate' }, '/people/bulk'));
    expect(place).to.match(/^\/people\/bulk\/\w+$/);
    const plan = await finished(browser, place);
    expect(plan).to.contain('Nothing has happened yet').and.to.contain('Sign-in is refused');
    expect(plan).not.to.contain('<script>alert');
    const active = async () => (await bench.provisioning.store.get(tenant, 'User', ids[0]!))?.resource['active'];
    expect(await active()).to.equal(true);
    // What takes something away from people is done by typing how many they are.
    expect((await browser.submit(place, { people: '7' }, `${place}/run`)).status).to.equal(422);
    await browser.submit(place, { people: '1' }, `${place}/run`);
    expect(await finished(browser, place)).to.contain('Every person has had their turn');
    expect(await active()).to.equal(false);
    await browser.submit(place, {}, `${place}/undo`);
    expect(await finished(browser, place)).to.contain('Taken back');
    expect(await active()).to.equal(true);
    expect((await browser.get('/people/bulk')).text).to.contain(`href="/console${place}"`);
  });

  it('asks what an action takes before it plans, and keeps whom was ticked', async () => {
    const { ids, browser } = await withPeople(1);
    const asked = await browser.submit('/people', { id: ids[0]!, action: 'extend' }, '/people/bulk');
    expect(asked.text).to.contain('name="expiresAt"').and.to.contain(ids[0]!);
  });

  it('takes a whole filter: nobody who is not in it is touched', async () => {
    const { browser } = await withPeople(3);
    const choose = placeOf(await browser.submit('/people?state=invited', { whole: 'on' }, '/people/bulk'));
    expect(choose).to.match(/^\/people\/bulk\/new\?state=invited/);
    const place = placeOf(await browser.submit(choose, { action: 'resend' }, '/people/bulk'));
    const plan = await finished(browser, place);
    expect(plan).to.contain('Resend: 3 people').and.to.contain('3 messages are sent');
  });

  it('means nobody where no row is ticked, rather than everybody', async () => {
    const { browser } = await withPeople(1);
    const answer = await browser.submit('/people', { action: 'deactivate' }, '/people/bulk');
    expect(placeOf(answer)).to.match(/^\/people\?said=/);
    expect((await browser.get('/people/bulk')).text).to.contain('Nothing has been done');
  });

  it('offers helpdesk what helpdesk may do to one person, and refuses the rest', async () => {
    const { bench, ids } = await withPeople(1);
    const helpdesk = await bench.signedIn('helpdesk');
    const { text } = await helpdesk.get('/people/bulk/new');
    expect(text).to.contain('value="resend"').and.not.to.contain('value="delete"');
    const answer = await helpdesk.submit('/people', { id: ids[0]!, action: 'delete' }, '/people/bulk');
    expect(answer.status).to.equal(403);
    expect((await (await bench.signedIn('auditor')).get('/people/bulk/new')).status).to.equal(403);
  });
});
