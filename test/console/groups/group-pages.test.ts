import { expect } from 'chai';
import { groupPages } from '../../../src/console/groups/group-pages.ts';
import { userBody } from '../../support/provisioning-bench.ts';
import { PeopleBench } from '../../support/people-bench.ts';

const evil = `"><script>alert(1)</script>`;

describe('/console/groups', () => {
  it('lists groups, finds them by words, and shows one with its members of any depth', async () => {
    const bench = new PeopleBench(groupPages);
    const { provisioning } = bench;
    const ines = await provisioning.createUser(userBody('ines', {}, { displayName: `Ines ${evil}` }));
    const omar = await provisioning.createUser(userBody('omar', {}, { displayName: 'Omar' }));
    const crane = await provisioning.createGroup(`Crane ${evil}`, [ines]);
    const harbour = await provisioning.createGroup('Harbour', [omar, crane]);
    const browser = await bench.signedIn('auditor');
    const { text } = await browser.get('/groups');
    expect(text).to.contain('2 groups.').and.not.to.contain('<script>alert');
    expect((await browser.get('/groups?q=harb')).text)
      .to.contain('Harbour')
      .and.not.to.contain('Crane');
    const one = (await browser.get(`/groups/${harbour}`)).text;
    expect(one).to.contain('2 people, counting those in groups inside it.').and.not.to.contain('<script>alert');
    expect(one).to.contain('through another group').and.to.contain('directly');
    expect(one).to.contain(`/console/groups/${crane}`);
    expect((await browser.get(`/groups/${crane}`)).text).to.contain(`/console/groups/${harbour}`);
    expect((await browser.get(`/groups/${harbour}?q=omar`)).text).not.to.contain(`/people/${ines}`);
    expect((await browser.get('/groups/none')).status).to.equal(404);
  });
});
