import { expect } from 'chai';
import type { JsonObject } from '../../src/base/json.ts';
import { AdminBench } from '../support/admin-bench.ts';
import { tenant, userBody } from '../support/provisioning-bench.ts';

const right = 'seven small boats at dawn';

const create = (bench: AdminBench, body: JsonObject) => bench.call('post', '/admin/v1/users', body);
const warningsIn = (body: JsonObject): string[] => (body['onboarding'] as JsonObject)['warnings'] as string[];
const idOf = (body: JsonObject): string => (body['user'] as JsonObject)['id'] as string;
const signIn = async (bench: AdminBench, password: string) =>
  (await bench.provisioning.keys.signIn(tenant, 'ines', password)).outcome;

describe('POST /admin/v1/users', () => {
  it('invites by the method that was named, and says who asked', async () => {
    const bench = new AdminBench();
    const { status, body } = await create(bench, { user: userBody('ines'), invite: 'emailOtp' });
    expect(status).to.equal(201);
    expect(body['onboarding']).to.deep.include({ status: 'queued', pending: 'invitation', warnings: [] });
    expect(bench.provisioning.lastEvent('invitation.requested')).to.include({ triggeredBy: 'admin_api' });
    const [message] = await bench.provisioning.deliver();
    expect(message!.to).to.equal('ines@mail.example');
    expect(message!.values['code']).to.be.a('string');
  });

  it('mails a generated password that exists nowhere before its mail goes out', async () => {
    const bench = new AdminBench();
    const { status, body } = await create(bench, { user: userBody('ines'), send: true });
    expect([status, body['password']]).to.deep.equal([201, undefined]);
    expect((await bench.provisioning.account(idOf(body))).passwordHash).to.equal(undefined);
    const [message] = await bench.provisioning.deliver();
    expect(await signIn(bench, String(message!.values['password']))).to.equal('changeRequired');
  });

  it('keeps a typed password, whatever the tenant makes of the passwords of clients; it must be changed unless said otherwise', async () => {
    for (const [forceChange, outcome] of [
      [undefined, 'changeRequired'],
      [false, 'ok'],
    ] as const) {
      const bench = new AdminBench({ passwords: { fromClients: 'drop' } });
      const order = { user: userBody('ines'), password: right, ...(forceChange === undefined ? {} : { forceChange }) };
      const { status, body } = await create(bench, order);
      expect([status, body['password']]).to.deep.equal([201, undefined]);
      expect(await signIn(bench, right)).to.equal(outcome);
      expect(await bench.provisioning.deliver()).to.deep.equal([]);
    }
  });

  it('mails a typed password when told to', async () => {
    const bench = new AdminBench();
    await create(bench, { user: userBody('ines'), password: right, send: true });
    const [message] = await bench.provisioning.deliver();
    expect(message!.values['password']).to.equal(right);
  });

  it('shows a generated password this once when it is not to be mailed', async () => {
    const bench = new AdminBench();
    const { body } = await create(bench, { user: userBody('ines'), send: false });
    expect(await signIn(bench, body['password'] as string)).to.equal('changeRequired');
  });

  it('warns of a user without a way in, of one without an address, and of attributes that it does not know', async () => {
    const bench = new AdminBench();
    const bare = await create(bench, { user: { userName: 'ines', shoeSize: 43 } });
    const [keyless, unknown] = warningsIn(bare.body);
    expect(keyless).to.match(/neither a password nor an invitation/);
    expect(unknown).to.match(/user\.shoeSize/);
    const unreachable = await create(bench, { user: { userName: 'tove' }, invite: true });
    expect((unreachable.body['onboarding'] as JsonObject)['status']).to.equal('failed');
    expect(warningsIn(unreachable.body).join(' ')).to.match(/cannot be delivered/);
  });

  it('refuses what contradicts itself, a weak password and a taken name, and creates nothing', async () => {
    const bench = new AdminBench();
    const cases: readonly [JsonObject, RegExp][] = [
      [{ user: userBody('ines'), invite: true, password: right }, /^invite: /],
      [{ user: userBody('ines'), invite: 'emailLink', send: true }, /^invite: /],
      [{ user: userBody('ines'), send: true, forceChange: false }, /^forceChange: /],
      [{ user: userBody('ines'), password: 'short' }, /^password: /],
      [{ user: userBody('ines', {}, { password: right }) }, /^user\.password: /],
      [{ user: { displayName: 'Ines' } }, /userName/],
      [{ user: userBody('ines', { startDate: 'soon' }), invite: true }, /startDate/],
    ];
    for (const [order, detail] of cases) {
      const { status, body } = await create(bench, order);
      expect(status, JSON.stringify(order)).to.equal(400);
      expect(body['detail']).to.match(detail);
    }
    expect(bench.provisioning.store.events).to.deep.equal([]);
    await create(bench, { user: userBody('ines') });
    expect(await create(bench, { user: userBody('INES'), invite: true })).to.include({ status: 409 });
  });
});

describe('POST /admin/v1/users/{id}/invite', () => {
  it('invites a user who has not set a password, in place of what was pending, once a minute', async () => {
    const bench = new AdminBench();
    const id = idOf((await create(bench, { user: userBody('ines'), password: right })).body);
    const answer = await bench.call('post', `/admin/v1/users/${id}/invite`, { method: 'emailOtp' });
    expect(answer.body).to.deep.include({ status: 'queued', pending: 'invitation', warnings: [] });
    expect((await bench.provisioning.onboarding(id)).preRegistration).to.equal(true);
    expect(await bench.provisioning.deliver()).to.have.length(1);
    expect((await bench.call('post', `/admin/v1/users/${id}/invite`)).status).to.equal(429);
  });

  it('has nothing to do for a user who has their key', async () => {
    const bench = new AdminBench();
    const id = idOf((await create(bench, { user: userBody('ines'), password: right, forceChange: false })).body);
    expect(await signIn(bench, right)).to.equal('ok');
    const { status, body } = await bench.call('post', `/admin/v1/users/${id}/invite`);
    expect([status, body['detail']]).to.deep.equal([
      409,
      'The user has their key already. Reset the password to give them another.',
    ]);
    expect(await signIn(bench, right)).to.equal('ok');
  });
});
