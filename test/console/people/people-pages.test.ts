import { expect } from 'chai';
import { withInes } from '../../support/console-person.ts';
import { userBody } from '../../support/provisioning-bench.ts';

const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'`;

describe('/console/people', () => {
  it('lists people with state and source, chips with counts, and the SCIM filter behind a view', async () => {
    const { browser } = await withInes();
    const { text } = await browser.get('/people');
    expect(text).to.contain('<bdi>Ines Okoro</bdi>').and.to.contain('Invited').and.to.contain('okta');
    expect((await browser.get('/people?state=invited')).text).to.contain('status eq &quot;invited&quot;');
    expect((await browser.get('/people?state=expired')).text).to.contain('No one found');
    expect((await browser.get('/people?q=oko')).text).to.contain('Ines Okoro');
  });

  it('offers sources and groups by name; of many groups a name is typed', async () => {
    const { bench, browser } = await withInes();
    const crane = await bench.provisioning.createGroup('Crane', []);
    const { text } = await browser.get(`/people?group=${crane}`);
    expect(text).to.match(/<select id="source"[^]*?<option value="okta">okta<\/option>/);
    expect(text).to.match(new RegExp(`<option value="${crane}" selected>Crane</option>`));
    for (let count = 0; count < 100; count += 1) await bench.provisioning.createGroup(`Team ${count}`, []);
    expect((await browser.get('/people')).text)
      .to.contain('name="groupName"')
      .and.not.to.contain('<select id="group"');
    expect((await browser.get('/people?groupName=crane')).headers['location']).to.equal(
      `/console/people?group=${crane}`,
    );
    const unknown = await browser.get('/people?groupName=Bridge&state=invited');
    expect(unknown.headers['location']).to.match(/^\/console\/people\?state=invited&said=/);
    expect((await browser.get((unknown.headers['location'] ?? '').replace('/console', ''))).text).to.contain(
      'No group is called “<bdi>Bridge</bdi>”',
    );
  });

  it('gives the view as CSV', async () => {
    const { browser } = await withInes();
    const { headers, text } = await browser.get('/people.csv?state=invited');
    expect(headers['content-type']).to.equal('text/csv; charset=utf-8');
    expect(text.split('\r\n')).to.have.length(3);
  });

  it('saves a view under a name, and forgets it', async () => {
    const { browser } = await withInes();
    const saved = await browser.submit('/people?state=invited', { name: 'Not in yet' }, '/people/views');
    expect(saved.headers['location']).to.match(/^\/console\/people\?state=invited&said=/);
    const { text } = await browser.get('/people');
    expect(text).to.contain('Not in yet');
    const [, path = ''] = /action="\/console(\/people\/views\/[^"]+\/remove)"/.exec(text) ?? [];
    await browser.submit('/people', {}, path);
    expect((await browser.get('/people')).text).not.to.contain('Not in yet');
  });

  it('shows names that are markup as text', async () => {
    const { bench, browser } = await withInes();
    const id = await bench.provisioning.createUser(
      userBody('evil', { preRegistration: true }, { displayName: evil, title: evil, externalId: evil }),
      { client: { id: evil, name: evil } },
    );
    await bench.provisioning.createGroup(evil, [id]);
    await bench.deliver();
    const paths = ['/people', `/people?q=${encodeURIComponent(evil)}`, `/people/${id}`, `/people/${id}/resend`];
    for (const path of paths) {
      const { text } = await browser.get(path);
      expect(text, path).not.to.contain('<script>alert').and.not.to.contain('<img src=x');
    }
  });
});

describe('/console/people/{id}', () => {
  it('tells why somebody is not in, what happened, and shows the message in a frame of its own', async () => {
    const { bench, id, browser } = await withInes();
    const { text } = await browser.get(`/people/${id}`);
    expect(text).to.contain('They have been invited and have not come yet.');
    expect(text).to.contain('Created by <bdi>okta</bdi>');
    const delivery = [...bench.admin.outbox.deliveries.keys()][0]!;
    const frame = await browser.get(`/deliveries/${encodeURIComponent(delivery)}/frame`);
    expect(frame.headers['content-security-policy']).to.contain('sandbox').and.to.contain("frame-ancestors 'self'");
    expect(frame.headers['content-security-policy']).not.to.contain('script-src');
    expect(frame.headers['x-frame-options']).to.equal('SAMEORIGIN');
    expect(frame.text).to.contain('••••••••');
    expect((await browser.get('/people/nobody')).status).to.equal(404);
  });

  it('shows each role the actions that it may do, and refuses the others', async () => {
    const { bench, id } = await withInes();
    const auditor = await bench.signedIn('auditor');
    expect((await auditor.get(`/people/${id}`)).text).not.to.contain(`/people/${id}/resend`);
    expect((await auditor.get(`/people/${id}/resend`)).status).to.equal(403);
    expect((await auditor.get('/people/new')).status).to.equal(403);
    const helpdesk = await bench.signedIn('helpdesk');
    const { text } = await helpdesk.get(`/people/${id}`);
    expect(text).to.contain(`/people/${id}/resend`).and.not.to.contain(`/people/${id}/deactivate`);
  });
});
