import { expect } from 'chai';
import { requestPages } from '../../../src/console/requests/request-pages.ts';
import type { RequestLogEntry } from '../../../src/domain/request-log.ts';
import { PeopleBench } from '../../support/people-bench.ts';

const evil = `"><script>alert(1)</script>`;
const id = '0191e6c0-2c83-7000-8000-000000000001';
const at = new Date(parseInt('0191e6c02c83', 16)).toISOString();
const entry: RequestLogEntry = {
  id,
  tenant: 'acme',
  at,
  client: { id: 'c1', name: 'Okta production' },
  method: 'PATCH',
  path: '/Users/0191e6c0-2c83-7000-8000-000000000002',
  status: 409,
  ms: 3,
  scimType: 'uniqueness',
  detail: `userName: ${evil}`,
  operations: [{ op: 'replace', path: `title${evil}`, outcome: 'refused' }],
  bodies: { request: { userName: evil } },
};

describe('/console/requests', () => {
  it('shows failures first, each explained in three sentences, and what to change in Okta', async () => {
    const bench = new PeopleBench(requestPages);
    bench.admin.requestEntries.push(entry);
    const browser = await bench.signedIn('auditor');
    const { text } = await browser.get('/requests');
    expect(bench.admin.requestQueries.at(-1)).to.deep.include({ status: { from: 400, to: 599 } });
    expect(text).to.contain('What came').and.to.contain('Another one has this value already.');
    expect(text).to.contain('What to change in Okta').and.to.contain('unassign the one who should not be here');
    expect(text).not.to.contain('<script>alert');
    await browser.get('/requests?status=all&client=okta');
    expect(bench.admin.requestQueries.at(-1)).to.include({ client: 'okta' }).and.not.to.have.property('status');
  });

  it('shows one call under an address of its own, and tries it again as a dry run', async () => {
    const bench = new PeopleBench(requestPages);
    bench.admin.requestEntries.push(entry);
    const browser = await bench.signedIn();
    expect((await browser.get(`/requests/${id}`)).text).to.contain(id);
    const replayed = await browser.submit(`/requests/${id}`, {}, `/requests/${id}/replay`);
    expect(replayed.text).to.contain('Now it would be answered <bdi>409</bdi>');
    expect((await browser.get('/requests/0191e6c0-2c83-7000-8000-00000000ffff')).status).to.equal(404);
    const auditor = await bench.signedIn('auditor');
    expect((await auditor.get(`/requests/${id}`)).text).not.to.contain('/replay');
  });

  it('says that a call without a kept body cannot be tried again', async () => {
    const bench = new PeopleBench(requestPages);
    const { bodies, ...bare } = entry;
    expect(bodies).to.be.an('object');
    bench.admin.requestEntries.push(bare);
    const browser = await bench.signedIn();
    const { text } = await browser.submit(`/requests/${id}`, {}, `/requests/${id}/replay`);
    expect(text).to.contain('The body of this call was not kept');
  });
});
