import { expect } from 'chai';
import request from 'supertest';
import type { JsonObject } from '../../../src/base/json.ts';
import { AdminBench } from '../../support/admin-bench.ts';
import { tenant, userBody } from '../../support/provisioning-bench.ts';

const right = 'seven small boats at dawn';

async function withPeople() {
  const bench = new AdminBench();
  const { provisioning } = bench;
  const make = (userName: string, onboarding: JsonObject, more: JsonObject = {}, client = 'okta') =>
    provisioning.createUser(userBody(userName, onboarding, more), { client: { id: client, name: client } });
  const ids = {
    ines: await make(
      'ines',
      { preRegistration: true },
      { displayName: 'Inés Okoro', name: { givenName: 'Inés', familyName: 'Okoro' } },
    ),
    omar: await make(
      'omar',
      {},
      { password: right, displayName: 'Omar', name: { givenName: 'Omar', familyName: 'Haddad' } },
      'workday',
    ),
    thordis: await make(
      'thordis',
      { preRegistration: true, startDate: '2031-06-01' },
      {
        displayName: 'Þórdís Okorodottir',
        name: { givenName: 'Þórdís', familyName: 'Okorodottir' },
        phoneNumbers: [{ value: '+31 10 555 01 81', type: 'mobile' }],
      },
    ),
  };
  const list = async (query = '') => (await bench.call('get', `/admin/v1/users${query}`)).body;
  const names = async (query: string): Promise<string> =>
    (await list(query)).people.map((one: { userName: string }) => one.userName).join(' ');
  return { bench, provisioning, ids, list, names };
}

describe('/admin/v1/users: the list', () => {
  it('shows the newest first, each with its state, source and last event, and counts every state', async () => {
    const { bench, provisioning, list } = await withPeople();
    await provisioning.deliver();
    const { people, totalResults, counts, filter, filterIsComplete } = await list();
    expect(people.map((one: { userName: string; status: string }) => [one.userName, one.status])).to.deep.equal([
      ['thordis', 'held'],
      ['omar', 'none'],
      ['ines', 'invited'],
    ]);
    expect(people[2]).to.include({ source: 'okta', mail: 'ines@mail.example', hindrance: 'invitationUnused' });
    expect(people[2].lastEvent).to.include({ what: 'sent', template: 'invitation' });
    expect([totalResults, counts.all, filter, filterIsComplete]).to.deep.equal([3, 3, undefined, true]);
    expect(counts.states).to.include({ held: 1, none: 1, invited: 1, expired: 0, locked: 0 });
    expect((await bench.call('get', '/admin/v1/users?state=gone')).status).to.equal(400);
  });

  it('finds by beginnings of words, without marks, and by numbers, addresses and ids', async () => {
    const { names, ids } = await withPeople();
    expect(await names('?q=okoro')).to.equal('thordis ines');
    expect(await names('?q=INES%20oko')).to.equal('ines');
    expect(await names('?q=%C3%BEordis')).to.equal('thordis');
    expect(await names('?q=ines@mail')).to.equal('ines');
    expect(await names('?q=%2B31%2010%20555')).to.equal('thordis');
    expect(await names('?q=3110555')).to.equal('thordis');
    expect(await names(`?q=${ids.omar}`)).to.equal('');
    expect(await names('?q=koro')).to.equal('');
  });

  it('filters by state, client and start date, and tells the SCIM filter', async () => {
    const { list, names } = await withPeople();
    expect(await names('?state=queued')).to.equal('ines');
    expect(await names('?source=workday')).to.equal('omar');
    expect(await names('?source=okta&state=active')).to.equal('');
    expect(await names('?startFrom=2031-06-01&startUntil=2031-06-01')).to.equal('thordis');
    expect(await names('?startFrom=2031-06-02')).to.equal('');
    const { filter, filterIsComplete, counts } = await list('?state=queued&source=okta&q=ines');
    expect(filter).to.contain('status eq "queued"').and.to.contain('userName sw "ines"');
    expect([filterIsComplete, counts.all]).to.deep.equal([false, 1]);
    expect((await list('?source=okta')).counts.states).to.include({ queued: 1, held: 1, active: 0 });
  });

  it('knows what time has brought about before anybody writes it down', async () => {
    const { provisioning, names, list } = await withPeople();
    await provisioning.deliver();
    provisioning.passMinutes(24 * 60 + 1);
    expect([await names('?state=invited'), await names('?state=expired')]).to.deep.equal(['', 'ines']);
    expect((await list()).counts.states).to.include({ invited: 0, expired: 1 });
  });

  it('finds who is locked out, as long as they are', async () => {
    const { provisioning, names, list } = await withPeople();
    for (let tries = 0; tries < 10; tries += 1) {
      await provisioning.keys.signIn(tenant, 'omar', 'wrong');
      provisioning.passMinutes(tries < 9 ? 10 : 0);
    }
    expect(await names('?state=locked')).to.equal('omar');
    expect((await list()).counts.states.locked).to.equal(1);
    provisioning.passMinutes(60 * 24);
    expect(await names('?state=locked')).to.equal('');
  });

  it('goes on by cursor there and back, and refuses a cursor of its own making', async () => {
    const { bench, list } = await withPeople();
    const first = await list('?count=2');
    const second = await list(`?count=2&cursor=${first.older}`);
    expect(second.people).to.have.length(1);
    expect(second.older).to.equal(undefined);
    const back = await list(`?count=2&cursor=${second.newer}`);
    expect(back.people).to.deep.equal(first.people);
    expect((await bench.call('get', '/admin/v1/users?cursor=guess')).status).to.equal(400);
  });

  it('names what the text in the box is the id of', async () => {
    const { bench, ids, list } = await withPeople();
    await bench.settle();
    const delivery = [...bench.outbox.deliveries.values()].find(({ userId }) => userId === ids.ines)!;
    bench.outbox.deliveries.set('01935e1a-7c20.invitation', { ...delivery, id: '01935e1a-7c20.invitation' });
    expect((await list('?q=01935e1a-7c20.invitation')).found).to.deep.equal([
      { kind: 'delivery', id: '01935e1a-7c20.invitation', person: ids.ines },
    ]);
    const at = Date.parse('2031-05-06T07:08:09.123Z').toString(16).padStart(12, '0');
    const id = `${at.slice(0, 8)}-${at.slice(8)}-7000-8000-000000000000`;
    bench.requestEntries.push({
      id,
      tenant,
      at: '2031-05-06T07:08:09.123Z',
      method: 'PATCH',
      path: `/Users/${ids.omar}`,
      status: 400,
      ms: 3,
    });
    expect((await list(`?q=${id}`)).found).to.deep.equal([{ kind: 'request', id, person: ids.omar }]);
  });
});

describe('/admin/v1/users.csv', () => {
  it('has everybody the query finds, in the columns that are asked for; a formula stays text', async () => {
    const { bench, provisioning } = await withPeople();
    await provisioning.createUser(userBody('evil', {}, { displayName: '=HYPERLINK("http://x","y")' }));
    const answer = await request(bench.app)
      .get('/admin/v1/users.csv?columns=userName,displayName,status')
      .set('Authorization', 'Bearer a-token-for-tests-with-the-scope-admin');
    expect(answer.headers['content-type']).to.equal('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).to.equal('attachment; filename="people.csv"');
    const lines = answer.text.replace('\u{feff}', '').split('\r\n');
    expect(lines[0]).to.equal('userName,displayName,status');
    expect(lines[1]).to.equal(`evil,"'=HYPERLINK(""http://x"",""y"")",none`);
    expect(lines).to.have.length(6);
  });
});

describe('/admin/v1/users/{id}', () => {
  it('shows profile, groups, messages and SCIM, and no secret', async () => {
    const { bench, provisioning, ids } = await withPeople();
    const group = await provisioning.createGroup('Crane', [ids.omar]);
    const { body } = await bench.call('get', `/admin/v1/users/${ids.omar}`);
    expect(body).to.include({ status: 'none', source: 'workday', hasPassword: true });
    expect(body.groups).to.deep.equal([{ id: group, displayName: 'Crane', type: 'direct' }]);
    expect(body.profile).to.deep.include({ path: 'userName', value: 'omar' });
    expect(body.scim.meta.resourceType).to.equal('User');
    expect(JSON.stringify(body)).not.to.contain('$argon2');
    expect((await bench.call('get', '/admin/v1/users/nobody')).status).to.equal(404);
  });

  it('shows a message as its reader sees it, its secret masked', async () => {
    const { bench, ids } = await withPeople();
    await bench.settle();
    const delivery = [...bench.outbox.deliveries.values()].find(({ userId }) => userId === ids.ines)!;
    const { body } = await bench.call('get', `/admin/v1/deliveries/${delivery.id}/message`);
    expect(body.subject).to.contain('Set your password');
    expect(body.html).to.contain('token=••••••••');
    expect((await bench.call('get', '/admin/v1/deliveries/none/message')).status).to.equal(404);
  });

  it('does not show again what went to an administrator, and says so', async () => {
    const { bench, ids } = await withPeople();
    await bench.settle();
    const delivery = [...bench.outbox.deliveries.values()].find(({ userId }) => userId === ids.ines)!;
    bench.outbox.deliveries.set('e1.notice', { ...delivery, id: 'e1.notice', userId: 'administrator:a1' });
    const { status, body } = await bench.call('get', '/admin/v1/deliveries/e1.notice/message');
    expect(status).to.equal(404);
    expect(body.detail).to.match(/^This message went to an administrator\./);
  });
});

describe('/admin/v1/views and deleted users', () => {
  it('keeps filters under a name', async () => {
    const { bench } = await withPeople();
    const saved = await bench.call('post', '/admin/v1/views', { name: 'Stuck', query: { state: 'expired' } });
    expect(saved.status).to.equal(201);
    expect((await bench.call('get', '/admin/v1/views')).body.views).to.deep.equal([saved.body]);
    expect((await bench.call('delete', `/admin/v1/views/${saved.body.id}`)).status).to.equal(200);
    expect((await bench.call('delete', `/admin/v1/views/${saved.body.id}`)).status).to.equal(404);
  });

  it('lists who was deleted and can be put back', async () => {
    const { bench, provisioning, ids } = await withPeople();
    await provisioning.remove(ids.omar);
    const { body } = await bench.call('get', '/admin/v1/deleted-users');
    expect(body.deleted).to.have.length(1);
    expect(body.deleted[0]).to.include({ id: ids.omar, userName: 'omar', by: 'idp' });
  });
});
