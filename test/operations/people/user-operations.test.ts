import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { AdminBench } from '../../support/admin-bench.ts';
import { tenant, userBody } from '../../support/provisioning-bench.ts';

const right = 'seven small boats at dawn';

async function withUser(onboarding: JsonObject = {}, more: JsonObject = {}) {
  const bench = new AdminBench();
  const id = await bench.provisioning.createUser(userBody('ines', onboarding, more));
  const act = (action: string, body?: JsonObject, dryRun = false) =>
    bench.call('post', `/admin/v1/users/${id}/${action}${dryRun ? '?dryRun=true' : ''}`, body);
  const stored = async () => bench.provisioning.store.get(tenant, 'User', id);
  return { bench, id, act, stored };
}

describe('/admin/v1/users: a dry run', () => {
  it('tells what a resend would send, masks the secret, and does nothing', async () => {
    const { bench, act, stored } = await withUser({ preRegistration: true });
    await bench.provisioning.deliver();
    bench.provisioning.passMinutes(2);
    const before = await stored();
    const events = bench.provisioning.store.events.length;
    const { body } = await act('resend', undefined, true);
    expect(body.plan.effects).to.deep.equal(['keySuperseded']);
    expect(body.plan.deliveries).to.have.length(1);
    expect(body.plan.deliveries[0]).to.include({ template: 'invitation', to: 'ines@mail.example' });
    expect(body.plan.deliveries[0].text).to.contain('token=••••••••');
    expect(await stored()).to.deep.equal(before);
    expect(bench.provisioning.store.events.length).to.equal(events);
    expect((await act('resend')).status).to.equal(200);
  });

  it('refuses what the action itself would refuse', async () => {
    const { act } = await withUser({}, { password: right });
    expect((await act('resend', undefined, true)).status).to.equal(409);
    expect((await act('password', { password: 'short' }, true)).body.detail).to.match(/^password: /);
    expect((await act('extend', { expiresAt: '2001-01-01T00:00:00Z' }, true)).status).to.equal(400);
  });

  it('tells what a reset does, and shows no password', async () => {
    const { act, stored } = await withUser({}, { password: right });
    const before = await stored();
    const { body } = await act('password', { send: false }, true);
    expect(body.plan.effects).to.include.members(['passwordReplaced', 'mustChange', 'sessionsEnd']);
    expect(body).not.to.have.property('password');
    expect(await stored()).to.deep.equal(before);
  });

  it('tells whom a create would make, and refuses a name that is taken', async () => {
    const { bench } = await withUser();
    const create = (userName: string) =>
      bench.call('post', '/admin/v1/users?dryRun=true', {
        user: { userName, emails: [{ value: `${userName}@harbour.example` }] },
        invite: 'emailOtp',
      });
    const { status, body } = await create('omar');
    expect([status, body.plan.effects]).to.deep.equal([200, ['created']]);
    expect(body.plan.status).to.deep.equal({ before: 'none', after: 'queued' });
    expect(body.plan.deliveries[0]).to.include({ template: 'invitationCode', to: 'omar@harbour.example' });
    expect((await create('INES')).status).to.equal(409);
    expect((await bench.provisioning.store.findByKey(tenant, 'User', 'username:omar')) ?? 'nobody').to.equal('nobody');
  });

  it('tells of every action what it would do', async () => {
    const { bench, id, act, stored } = await withUser({ preRegistration: true });
    await bench.provisioning.deliver();
    bench.provisioning.passMinutes(2);
    const before = await stored();
    const effects = async (action: string, body?: JsonObject) => (await act(action, body, true)).body.plan.effects;
    expect(await effects('cancel')).to.have.members(['keyEnds', 'messagesCancelled']);
    expect(await effects('extend', { expiresAt: null })).to.deep.equal(['keyExtended']);
    expect(await effects('deactivate')).to.include.members(['deactivated', 'messagesCancelled']);
    expect(await effects('reactivate')).to.deep.equal(['nothing']);
    expect(await effects('address', { email: 'okoro@harbour.example' })).to.include('addressChanged');
    expect(await effects('invite', { method: 'emailOtp' })).to.include('keySuperseded');
    const removal = await bench.call('delete', `/admin/v1/users/${id}?dryRun=true`);
    expect(removal.body.plan.effects).to.deep.equal(['removed', 'messagesCancelled', 'sessionsEnd']);
    expect(await stored()).to.deep.equal(before);
    expect(await bench.provisioning.deleted.find(tenant, id)).to.equal(undefined);
  });
});

describe('/admin/v1/users: actions', () => {
  it('corrects the address: the other addresses stay, and the invitation goes there anew', async () => {
    const { bench, act, stored } = await withUser(
      { preRegistration: true },
      {
        emails: [
          { value: 'inse@harbour.example', type: 'work', primary: true },
          { value: 'ines@home.example', type: 'home' },
        ],
      },
    );
    await bench.provisioning.deliver();
    expect((await act('address', { email: 'no address' })).body.detail).to.match(/^email /);
    expect((await act('address', { email: ' Ines <ines@harbour.example>' })).status).to.equal(200);
    expect((await stored())?.resource['emails']).to.deep.equal([
      { value: 'ines@harbour.example', type: 'work', primary: true },
      { value: 'ines@home.example', type: 'home' },
    ]);
    const [message] = await bench.provisioning.deliver();
    expect(message).to.include({ template: 'invitation', to: 'ines@harbour.example' });
    expect((await act('address', {})).status).to.equal(400);
  });

  it('sets and drops the address for the first key', async () => {
    const { act, stored } = await withUser({ preRegistration: true });
    const extension = async () =>
      (await stored())?.resource['urn:ietf:params:scim:schemas:extension:latchkey:2.0:User'] as JsonObject;
    await act('address', { notificationEmail: 'ines@home.example' });
    expect((await extension())['notificationEmail']).to.equal('ines@home.example');
    await act('address', { notificationEmail: null });
    expect(await extension()).not.to.have.property('notificationEmail');
  });

  it('switches off and on again', async () => {
    const { bench, act } = await withUser({}, { password: right });
    expect((await act('deactivate')).body.user.active).to.equal(false);
    expect((await bench.provisioning.keys.signIn(tenant, 'ines', right)).outcome).not.to.equal('ok');
    expect((await act('reactivate')).body.user.active).to.equal(true);
    expect((await bench.provisioning.keys.signIn(tenant, 'ines', right)).outcome).to.equal('ok');
  });
});

describe('/admin/v1/users: deleted', () => {
  it('are put back under the same id, with password, creation and groups, without what was pending', async () => {
    const { bench, id, act, stored } = await withUser({ preRegistration: true });
    const { provisioning } = bench;
    const group = await provisioning.createGroup('Crane', [id]);
    const before = await stored();
    expect((await act('restore')).status).to.equal(409);
    expect((await bench.call('delete', `/admin/v1/users/${id}`)).status).to.equal(200);
    expect(await stored()).to.equal(undefined);
    const restored = await act('restore', undefined, true);
    expect(restored.body.plan.effects).to.include('restored');
    expect(await stored()).to.equal(undefined);
    const answer = await act('restore');
    expect([answer.status, answer.body.status]).to.deep.equal([200, 'none']);
    const after = await stored();
    expect(after?.created).to.equal(before?.created);
    expect(after?.account?.invitation).to.equal(undefined);
    expect((await provisioning.store.groupsOf(tenant, [id])).get(id)?.map(({ value }) => value)).to.deep.equal([group]);
    expect(provisioning.lastEvent('user.restored')).to.include({ resourceId: id, triggeredBy: 'admin_api' });
    expect((await act('restore')).status).to.equal(409);
  });

  it('are refused where their name is another user’s by now, and gone for good after 30 days', async () => {
    const { bench, id, act } = await withUser({}, { password: right });
    await bench.provisioning.remove(id);
    const other = await bench.provisioning.createUser(userBody('ines'));
    const taken = await act('restore');
    expect([taken.status, taken.body.scimType]).to.deep.equal([409, 'uniqueness']);
    await bench.provisioning.remove(other);
    expect((await act('restore')).status).to.equal(200);
    expect((await bench.provisioning.keys.signIn(tenant, 'ines', right)).outcome).to.equal('ok');
    await bench.provisioning.remove(id);
    bench.provisioning.passMinutes(30 * 24 * 60);
    expect((await act('restore')).status).to.equal(404);
  });
});
