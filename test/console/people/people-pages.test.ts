import { expect } from 'chai';
import { peoplePages } from '../../../src/console/people/people-pages.ts';
import { tenant, userBody } from '../../support/provisioning-bench.ts';
import { PeopleBench } from '../../support/people-bench.ts';

const right = 'seven small boats at dawn';
const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'`;

async function withInes() {
  const bench = new PeopleBench(peoplePages);
  const id = await bench.provisioning.createUser(
    userBody('ines', { preRegistration: true }, { displayName: 'Ines Okoro' }),
    { client: { id: 'okta', name: 'okta' } },
  );
  await bench.deliver();
  return { bench, id, browser: await bench.signedIn() };
}

const stored = (bench: PeopleBench, id: string) => bench.provisioning.store.get(tenant, 'User', id);

describe('/console/people', () => {
  it('lists people with state and source, chips with counts, and the SCIM filter behind a view', async () => {
    const { browser } = await withInes();
    const { text } = await browser.get('/people');
    expect(text).to.contain('<bdi>Ines Okoro</bdi>').and.to.contain('Invited').and.to.contain('okta');
    expect((await browser.get('/people?state=invited')).text).to.contain('status eq &quot;invited&quot;');
    expect((await browser.get('/people?state=expired')).text).to.contain('No one found');
    expect((await browser.get('/people?q=oko')).text).to.contain('Ines Okoro');
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

describe('/console/people/{id}: actions', () => {
  it('tells first what will happen, and does it then', async () => {
    const { bench, id, browser } = await withInes();
    bench.provisioning.passMinutes(2);
    const before = await stored(bench, id);
    const { text } = await browser.get(`/people/${id}/resend`);
    expect(text).to.contain('The link or code sent before is worth nothing then.').and.to.contain('ines@mail.example');
    expect(await stored(bench, id)).to.deep.equal(before);
    const done = await browser.submit(`/people/${id}/resend`, { do: 'act' });
    expect(done.headers['location']).to.contain(`/console/people/${id}?said=`);
    expect((await stored(bench, id))?.account?.invitation?.id).not.to.equal(before?.account?.invitation?.id);
    expect(bench.provisioning.lastEvent('invitation.requested')?.actor).to.include({ kind: 'administrator' });
  });

  it('tells why something cannot be done, without a button for it', async () => {
    const { id, browser } = await withInes();
    await browser.submit(`/people/${id}/resend`, { do: 'act' });
    const { text, status } = await browser.get(`/people/${id}/resend`);
    expect(status).to.equal(200);
    expect(text).to.contain('try again in').and.not.to.contain('value="act"');
  });

  it('resets to a generated password that is shown once, or a typed one', async () => {
    const { bench, id, browser } = await withInes();
    const shown = await browser.submit(`/people/${id}/password`, { do: 'act', way: 'generate', forceChange: 'on' });
    const [, password = ''] = /<code class="line"[^>]*>([^<]+)<\/code>/.exec(shown.text) ?? [];
    expect(password).to.have.length.greaterThan(10);
    expect((await bench.provisioning.keys.signIn(tenant, 'ines', password)).outcome).to.equal('changeRequired');
    const typed = { do: 'act', way: 'type', password: right };
    expect((await browser.submit(`/people/${id}/password`, typed)).status).to.equal(303);
    expect((await bench.provisioning.keys.signIn(tenant, 'ines', right)).outcome).to.equal('ok');
    const short = await browser.submit(`/people/${id}/password`, { do: 'act', way: 'type', password: 'short' });
    expect(short.status).to.equal(422);
    expect(short.text).to.contain('password: ');
  });

  it('corrects the address, extends by the tenant’s clocks, invites by each method', async () => {
    const { bench, id, browser } = await withInes();
    await browser.submit(`/people/${id}/extend`, { do: 'act', expiresAt: '2031-06-01T09:30' });
    expect((await stored(bench, id))?.account?.invitation?.expiresAt).to.equal('2031-06-01T09:30:00.000Z');
    await browser.submit(`/people/${id}/address`, { do: 'act', email: 'okoro@mail.example', notificationEmail: '' });
    await bench.deliver();
    expect((await browser.get(`/people/${id}`)).text).to.contain('okoro@mail.example');
    for (const method of ['emailOtp', 'emailLink']) {
      bench.provisioning.passMinutes(2);
      const done = await browser.submit(`/people/${id}/invite`, { do: 'act', method });
      expect(done.status, done.text.slice(0, 2000)).to.equal(303);
      expect((await stored(bench, id))?.account?.invitation?.method).to.equal(method);
    }
  });

  it('deletes, lists the deleted, and puts them back', async () => {
    const { bench, id, browser } = await withInes();
    await browser.submit(`/people/${id}/deactivate`, { do: 'act' });
    expect((await stored(bench, id))?.resource['active']).to.equal(false);
    await browser.submit(`/people/${id}/delete`, { do: 'act' });
    expect(await stored(bench, id)).to.equal(undefined);
    expect((await browser.get('/people/deleted')).text).to.contain('Ines Okoro');
    expect((await browser.get(`/people/${id}/restore`)).text).to.contain('The person is put back');
    await browser.submit(`/people/${id}/restore`, { do: 'act' });
    expect(await stored(bench, id)).not.to.equal(undefined);
  });
});

describe('/console/people/new', () => {
  const person = { userName: 'omar', givenName: 'Omar', familyName: 'Haddad', email: 'omar@mail.example', do: 'act' };
  const found = async (bench: PeopleBench) => bench.provisioning.store.findByKey(tenant, 'User', 'username:omar');

  for (const [title, fields, outcome] of [
    [
      'a typed password, sent',
      { key: 'password', way: 'type', password: right, send: 'on', forceChange: 'on' },
      'password',
    ],
    ['a generated password, sent', { key: 'password', way: 'generate', send: 'on', forceChange: 'on' }, 'password'],
    ['an invitation by link', { key: 'invite', method: 'emailLink' }, 'invitation'],
    ['an invitation by a code in a mail', { key: 'invite', method: 'emailOtp' }, 'invitationCode'],
  ] as const) {
    it(`makes a person with ${title}`, async () => {
      const { bench, browser } = await withInes();
      const made = await browser.submit('/people/new', { ...person, ...fields });
      expect(made.status, made.text).to.equal(303);
      const messages = await bench.provisioning.deliver();
      expect(messages.map(({ template }) => template)).to.include(outcome);
    });
  }

  it('tells first what will happen, makes nobody then, and keeps what was typed', async () => {
    const { bench, browser } = await withInes();
    const { text } = await browser.submit('/people/new', {
      ...person,
      key: 'invite',
      method: 'emailOtp',
      do: 'preview',
    });
    expect(text).to.contain('The person is created.').and.to.contain('value="omar@mail.example"');
    expect(await found(bench)).to.equal(undefined);
  });

  it('says what is wrong with what was typed', async () => {
    const { browser } = await withInes();
    const taken = await browser.submit('/people/new', { ...person, userName: 'INES', key: 'none' });
    expect([taken.status, taken.text.includes('another User has this value')]).to.deep.equal([422, true]);
    const weak = { ...person, key: 'password', way: 'type', password: 'short' };
    expect((await browser.submit('/people/new', weak)).status).to.equal(422);
  });

  it('shows a generated password that is not mailed, this once', async () => {
    const { bench, browser } = await withInes();
    const { text } = await browser.submit('/people/new', {
      ...person,
      key: 'password',
      way: 'generate',
      forceChange: 'on',
    });
    const [, password = ''] = /<code class="line"[^>]*>([^<]+)<\/code>/.exec(text) ?? [];
    expect((await bench.provisioning.keys.signIn(tenant, 'omar', password)).outcome).to.equal('changeRequired');
  });
});
