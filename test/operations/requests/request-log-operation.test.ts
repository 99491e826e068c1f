import { expect } from 'chai';
import { AdminBench } from '../../support/admin-bench.ts';

describe('/admin/v1/requests', () => {
  it("asks the log of the caller's tenant for what the caller wants, after filing what has just happened", async () => {
    const bench = new AdminBench();
    bench.requestEntries.push({
      id: 'r1',
      tenant: 'acme',
      at: '2031-05-06T07:08:09.000Z',
      client: { id: 'c1', name: 'idp' },
      method: 'PATCH',
      path: '/Users/1',
      status: 400,
      ms: 1.5,
      scimType: 'invalidPath',
      detail: 'Operations[0]: no such attribute',
      operations: [{ op: 'replace', path: 'x', outcome: 'refused' }],
    });
    const first = (await bench.call('get', '/admin/v1/requests')).body;
    const explanation = { came: 'change', why: 'invalidPath', mend: 'invalidPath' };
    expect(first.requests).to.deep.equal(bench.requestEntries.map((entry) => ({ ...entry, explanation })));
    expect(bench.flushed).to.equal(1);
    const second = (
      await bench.call(
        'get',
        `/admin/v1/requests?client=idp&status=4XX&since=2031-05-06&path=/Users&count=7&cursor=${first.nextCursor}`,
      )
    ).body;
    expect(second).not.to.have.property('nextCursor');
    await bench.call('get', '/admin/v1/requests?status=409&since=2031-05-06T09:08:09%2B02:00');
    expect(bench.requestQueries).to.deep.equal([
      { tenant: 'acme', count: 100 },
      {
        tenant: 'acme',
        client: 'idp',
        status: { from: 400, to: 499 },
        since: '2031-05-06T00:00:00.000Z',
        path: '/Users',
        count: 7,
        after: 'a place/in the log',
      },
      { tenant: 'acme', status: { from: 409, to: 409 }, since: '2031-05-06T07:08:09.000Z', count: 100 },
    ]);
  });

  for (const query of [
    'count=0',
    'count=x',
    'status=9',
    'status=600',
    'since=yesterday',
    'since=2031-13-01',
    'state=4xx',
    'client=',
  ]) {
    it(`refuses ${query}, naming the parameter`, async () => {
      const { status, body } = await new AdminBench().call('get', `/admin/v1/requests?${query}`);
      expect([status, body.scimType]).to.deep.equal([400, 'invalidValue']);
      expect(body.detail).to.include(query.split('=')[0]);
    });
  }
});
