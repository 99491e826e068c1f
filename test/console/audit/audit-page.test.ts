import { expect } from 'chai';
import { auditPage } from '../../../src/console/audit/audit-page.ts';
import { PeopleBench } from '../../support/people-bench.ts';
import { tenant } from '../../support/provisioning-bench.ts';

const evil = `"><script>alert(1)</script>`;

describe('/console/audit', () => {
  it('shows who did what to whom, before and after, follows each, and runs no name as markup', async () => {
    const bench = new PeopleBench(auditPage);
    await bench.admin.auditLog.append([
      {
        id: 'e1',
        tenant,
        type: 'user.updated',
        at: '2031-05-06T07:08:09.000Z',
        resourceType: 'User',
        resourceId: 'u1',
        version: 1,
        triggeredBy: 'scim',
        requestId: 'r1',
        name: evil,
        actor: { kind: 'client', id: 'okta', name: evil },
        changes: [{ path: 'title', before: evil, after: 'Pilot' }],
        data: {},
      },
    ]);
    const { status, text } = await (await bench.signedIn('auditor')).get('/audit');
    expect(status).to.equal(200);
    expect(text).to.contain('about=u1').and.to.contain('about=okta').and.to.contain('request=r1');
    expect(text).to.contain('<ins><bdi>Pilot</bdi></ins>').and.not.to.contain('<script>alert');
  });

  it('has a page for one event, with each value before and after', async () => {
    const bench = new PeopleBench(auditPage);
    await bench.admin.auditLog.append([
      {
        id: 'e2',
        tenant,
        type: 'user.updated',
        at: '2031-05-06T07:08:09.000Z',
        resourceType: 'User',
        resourceId: 'u1',
        version: 2,
        triggeredBy: 'scim',
        requestId: 'r1',
        name: evil,
        actor: { kind: 'client', id: 'okta', name: 'okta' },
        changes: [{ path: 'title', before: evil, after: 'Pilot' }],
        data: {},
      },
    ]);
    const browser = await bench.signedIn('auditor');
    const { text } = await browser.get('/audit/e2');
    expect(text).to.match(/<dt><code dir="ltr">title<\/code><\/dt>\s*<dd><del><bdi>&quot;&gt;&lt;script&gt;/);
    expect(text).to.contain('<ins><bdi>Pilot</bdi></ins>').and.not.to.contain('<script>alert');
    expect((await browser.get('/audit/nothing')).status).to.equal(404);
  });

  it('says what is wrong with a filter, and has a button that proves the chain', async () => {
    const bench = new PeopleBench(auditPage);
    const browser = await bench.signedIn('auditor');
    expect((await browser.get('/audit?type=%22')).status).to.equal(422);
    expect((await browser.submit('/audit', {}, '/audit/verify')).status).to.equal(303);
    expect((await (await bench.signedIn('helpdesk')).get('/audit')).status).to.equal(403);
  });
});
