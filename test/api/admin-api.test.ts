import { expect } from 'chai';
import type { JsonObject } from '../../src/base/json.ts';
import { AdminBench } from '../support/admin-bench.ts';
import { tenant, tokenOf, userBody } from '../support/provisioning-bench.ts';

const right = 'seven small boats at dawn';

/** A bench with one user. */
async function withUser(
  onboarding: JsonObject = {},
  more: JsonObject = {},
  patch = {},
): Promise<{
  bench: AdminBench;
  id: string;
  act: (action: string, body?: JsonObject) => ReturnType<AdminBench['call']>;
}> {
  const bench = new AdminBench(patch);
  const id = await bench.provisioning.createUser(userBody('ines', onboarding, more));
  return { bench, id, act: (action, body) => bench.call('post', `/admin/v1/users/${id}/${action}`, body) };
}

const signIn = async (bench: AdminBench, password: string) =>
  (await bench.provisioning.keys.signIn(tenant, 'ines', password)).outcome;

describe('/admin/v1: actions', () => {
  for (const action of ['resend', 'cancel', 'unlock', 'verify-email', 'password', 'extend']) {
    it(`${action}: 404 for a user who does not exist`, async () => {
      const body: JsonObject = action === 'extend' ? { expiresAt: null } : {};
      const {
        status,
        body: { detail },
      } = await new AdminBench().call('post', `/admin/v1/users/nobody/${action}`, body);
      expect([status, detail]).to.deep.equal([404, 'There is no User with id "nobody".']);
    });
  }

  describe('resend', () => {
    it('supersedes what was sent, says so to the events, and waits a minute', async () => {
      const { bench, act } = await withUser({ preRegistration: true });
      const [first] = await bench.provisioning.deliver();
      const answer = await act('resend');
      expect(answer.body).to.include({ status: 'queued', hindrance: 'queued', pending: 'invitation' });
      expect(bench.provisioning.lastEvent('invitation.requested')).to.include({
        triggeredBy: 'admin_api',
        client: 'client with admin',
      });
      const again = await act('resend');
      expect([again.status, again.headers['retry-after']]).to.deep.equal([429, '60']);
      bench.provisioning.now += 30_500;
      expect((await act('resend')).headers['retry-after']).to.equal('30');
      bench.provisioning.passMinutes(1);
      const messages = await bench.provisioning.deliver();
      expect(messages).to.have.length(1);
      expect((await bench.provisioning.keys.lookUp(tenant, { token: tokenOf(first!) })).state).to.equal('superseded');
      expect((await bench.provisioning.keys.lookUp(tenant, { token: tokenOf(messages[0]!) })).state).to.equal('valid');
      expect((await act('resend')).status).to.equal(200);
    });

    it('has nothing to do for who is in, or deactivated', async () => {
      const { bench, id, act } = await withUser({}, { password: right });
      expect((await act('resend')).status).to.equal(409);
      await bench.provisioning.patchUser(id, [{ op: 'replace', path: 'active', value: false }]);
      expect((await act('resend')).body.detail).to.match(/deactivated/);
    });

    it('is found under the name that identity servers give it, by user name, whatever scenario it names', async () => {
      const { bench } = await withUser({ preRegistration: true });
      await bench.provisioning.deliver();
      const resend = (user: JsonObject) =>
        bench.call('post', '/api/identity/user/v1.0/resend-code', {
          user,
          properties: [{ key: 'RecoveryScenario', value: 'NOTIFICATION_BASED_PW_RECOVERY' }],
        });
      expect((await resend({ username: 'PRIMARY/Ines', realm: 'PRIMARY' })).status).to.equal(201);
      expect((await bench.provisioning.deliver()).map(({ template }) => template)).to.deep.equal(['invitation']);
      expect((await resend({ userName: 'ines' })).status).to.equal(429);
      expect((await resend({ username: 'nobody' })).status).to.equal(404);
      expect((await resend({ realm: 'PRIMARY' })).body.detail).to.match(/user\.username is missing/);
    });
  });

  describe('cancel', () => {
    it('ends the link and what has not gone out, once', async () => {
      const { bench, act } = await withUser({ preRegistration: true });
      const [mail] = await bench.provisioning.deliver();
      expect((await act('cancel')).body).to.deep.include({ status: 'none', hindrance: 'nothingSent' });
      expect((await bench.provisioning.keys.lookUp(tenant, { token: tokenOf(mail!) })).state).to.equal('cancelled');
      expect(bench.provisioning.lastEvent('deliveries.cancelled')?.triggeredBy).to.equal('admin_api');
      expect((await act('cancel')).status).to.equal(409);
      expect((await act('resend')).status, 'a resend works from every state').to.equal(200);
    });
  });

  describe('extend', () => {
    it('brings a link back that has run out', async () => {
      const { bench, act } = await withUser({ preRegistration: true });
      const [mail] = await bench.provisioning.deliver();
      bench.provisioning.passMinutes(2 * 1440);
      await bench.provisioning.sweep.run(tenant);
      const proof = { token: tokenOf(mail!) };
      expect((await bench.provisioning.keys.lookUp(tenant, proof)).state).to.equal('expired');
      const { body } = await act('extend', { expiresAt: '2031-05-10T10:00:00+02:00' });
      expect(body).to.include({ status: 'invited', hindrance: 'invitationUnused' });
      expect(body.invitation).to.include({ state: 'open', expiresAt: '2031-05-10T08:00:00.000Z' });
      expect(await bench.provisioning.keys.lookUp(tenant, proof)).to.include({
        state: 'valid',
        expiresAt: '2031-05-10T08:00:00.000Z',
      });
      expect((await act('extend', { expiresAt: null })).body.invitation.expiresAt).to.equal(null);
      expect((await bench.provisioning.onboarding('id-00001')).invitationExpiresAt).to.equal(undefined);
      expect(bench.provisioning.lastEvent('invitation.extended')?.data).to.deep.equal({ expiresAt: null });
    });

    it('wants a moment to come, and an invitation that has gone out', async () => {
      const { bench, act } = await withUser({ preRegistration: true });
      expect((await act('extend', { expiresAt: '2031-05-10T10:00:00Z' })).body.detail).to.match(/has not gone out/);
      await bench.provisioning.deliver();
      for (const [body, detail] of [
        [{ expiresAt: '2031-05-06T07:08:09Z' }, /expiresAt must lie/],
        [{}, /expiresAt is missing/],
        [{ expiresAt: 'soon' }, /expiresAt must be a date and time/],
        [{ expiresAt: 7 }, /expiresAt must be/],
      ] as const) {
        const answer = await act('extend', body);
        expect([answer.status, answer.body.detail]).to.satisfy(
          ([status, text]: [number, string]) => status === 400 && detail.test(text),
        );
      }
      await act('cancel');
      expect((await act('extend', { expiresAt: '2031-05-10T10:00:00Z' })).status).to.equal(409);
    });
  });

  describe('password', () => {
    it('generates and mails one when nothing is said; the present one is over at once, and the new one must be changed', async () => {
      const { bench, act } = await withUser({}, { password: right });
      const { body } = await act('password');
      expect(body.onboarding).to.include({ status: 'queued', pending: 'passwordMail', forcePasswordReset: true });
      expect(body).not.to.have.property('password');
      expect(await signIn(bench, right)).to.equal('invalid');
      const [mail] = await bench.provisioning.deliver();
      expect(mail!.values['mustChange']).to.equal(true);
      expect(await signIn(bench, String(mail!.values['password']))).to.equal('changeRequired');
      expect((await act('onboarding-is-no-action')).status).to.equal(404);
    });

    it('mails a given one, sealed until then', async () => {
      const { bench, id, act } = await withUser({ preRegistration: true });
      await bench.provisioning.deliver();
      await act('password', { password: right, send: true });
      expect(JSON.stringify(await bench.provisioning.store.get(tenant, 'User', id))).not.to.include(right);
      const [mail] = await bench.provisioning.deliver();
      expect(mail).to.deep.include({ template: 'password', to: 'ines@mail.example' });
      expect(mail!.values['password']).to.equal(right);
      expect((await bench.provisioning.account(id)).sealedPassword).to.equal(undefined);
      expect(await signIn(bench, right)).to.equal('changeRequired');
    });

    it('shows one generated to be told, this once; the pending invitation ends', async () => {
      const { bench, id, act } = await withUser({ preRegistration: true });
      const [mail] = await bench.provisioning.deliver();
      const { body } = await act('password', { send: false, forceChange: false });
      expect(body.onboarding).to.include({
        status: 'delivered',
        hindrance: 'passwordUnused',
        locked: false,
        forcePasswordReset: false,
      });
      expect((await bench.provisioning.keys.lookUp(tenant, { token: tokenOf(mail!) })).state).to.equal('superseded');
      expect(await signIn(bench, body.password)).to.equal('ok');
      expect((await bench.provisioning.onboarding(id)).status).to.equal('active');
      expect(bench.logged).not.to.include(body.password);
      expect(JSON.stringify(bench.provisioning.store.events)).not.to.include(body.password);
      expect(await bench.provisioning.deliver()).to.deep.equal([]);
    });

    it('sets a given one without a word to anybody, and lifts a lock', async () => {
      const { bench, act } = await withUser({}, { password: right });
      for (let failure = 0; failure < 12; failure += 1) {
        await signIn(bench, 'wrong');
        bench.provisioning.passMinutes(failure < 9 ? 10 : 0);
      }
      expect(await signIn(bench, right)).to.equal('locked');
      expect((await act('password', { password: 'nine grey geese at noon' })).status).to.equal(200);
      expect(await signIn(bench, right)).to.equal('invalid');
      expect(await signIn(bench, 'nine grey geese at noon')).to.equal('changeRequired');
      expect(await bench.provisioning.deliver()).to.deep.equal([]);
      expect(bench.provisioning.lastEvent('password.changed')?.triggeredBy).to.equal('admin_api');
    });

    it('ends sessions', async () => {
      const { bench, id, act } = await withUser({}, { password: right });
      const signedIn = await bench.provisioning.keys.signIn(tenant, 'ines', right);
      if (signedIn.outcome !== 'ok') throw new Error(signedIn.outcome);
      expect(await bench.provisioning.keys.holder(tenant, id, signedIn.session)).not.to.equal(undefined);
      await act('password', { send: false });
      expect(await bench.provisioning.keys.holder(tenant, id, signedIn.session)).to.equal(undefined);
    });

    it("holds to the tenant's rules, and says which, without the password", async () => {
      const { bench, id, act } = await withUser({}, { password: right });
      for (const password of ['short', right, 'x'.repeat(300)]) {
        const answer = await act('password', { password });
        expect(answer.status, password).to.equal(400);
        expect(answer.body.detail)
          .to.match(/^password: The password/)
          .and.not.include(password);
      }
      expect((await act('password', { send: true, forceChange: false })).body.detail).to.match(/^forceChange: /);
      expect((await act('password', { force: true })).body.detail).to.match(/^force is not a known key/);
      expect(await signIn(bench, right), 'nothing has changed').to.equal('ok');
      await bench.provisioning.patchUser(id, [{ op: 'remove', path: 'emails' }]);
      expect((await act('password')).body.detail).to.match(/no e-mail address/);
      expect(await signIn(bench, right)).to.equal('ok');
      await bench.provisioning.patchUser(id, [{ op: 'replace', path: 'active', value: false }]);
      expect((await act('password', { send: false })).status).to.equal(409);
    });

    it('lets a mailed one be kept where the tenant says so', async () => {
      const { bench, act } = await withUser(
        { preRegistration: true },
        {},
        { onboarding: { changeMailedPassword: false } },
      );
      expect((await act('password', { send: true, forceChange: false })).status).to.equal(200);
      const [mail] = (await bench.provisioning.deliver()).filter(({ template }) => template === 'password');
      expect(mail!.values['mustChange']).to.equal(false);
      expect(await signIn(bench, String(mail!.values['password']))).to.equal('ok');
      await act('password');
      const [second] = await bench.provisioning.deliver();
      expect(second!.values['mustChange'], 'this one must be changed all the same').to.equal(true);
      expect(await signIn(bench, String(second!.values['password']))).to.equal('changeRequired');
    });
  });

  describe('unlock', () => {
    it('ends the lock after failed sign-ins; other locks end otherwise, and it says how', async () => {
      const { bench, id, act } = await withUser({}, { password: right });
      expect((await act('unlock')).body.detail).to.equal('There is nothing to unlock: no sign-in has failed.');
      for (let failure = 0; failure < 10; failure += 1) {
        await signIn(bench, 'wrong');
        bench.provisioning.passMinutes(failure < 9 ? 10 : 0);
      }
      expect((await bench.call('get', `/admin/v1/users/${id}/onboarding`)).body).to.include({
        hindrance: 'failedSignIns',
        locked: true,
        lockedReason: 'failedAttempts',
        lockedUntil: '2031-05-06T08:53:09.000Z',
      });
      const { body } = await act('unlock');
      expect(body).to.include({ locked: false }).and.not.have.any.keys('hindrance', 'lockedUntil');
      expect(bench.provisioning.lastEvent('account.unlocked')?.triggeredBy).to.equal('admin_api');
      expect(await signIn(bench, right)).to.equal('ok');
      const invited = await withUser({ preRegistration: true });
      expect((await invited.act('unlock')).body.detail).to.match(/has not set a password/);
      const starting = await withUser({ startDate: '2031-06-01T00:00:00Z' });
      expect((await starting.act('unlock')).body.detail).to.match(/start date/);
    });
  });

  describe('verify-email', () => {
    it('takes the address as proved, until it changes', async () => {
      const { bench, id, act } = await withUser({ verifyEmail: true }, { password: right });
      expect(await signIn(bench, right)).to.equal('locked');
      expect((await bench.call('get', `/admin/v1/users/${id}/onboarding`)).body.hindrance).to.equal('emailNotVerified');
      expect((await act('verify-email')).body).not.to.have.any.keys('hindrance', 'pending');
      expect(await signIn(bench, right)).to.equal('ok');
      const version = await bench.provisioning.version(id);
      expect((await act('verify-email')).status).to.equal(200);
      expect(await bench.provisioning.version(id)).to.equal(version);
      await bench.provisioning.patchUser(id, [
        { op: 'replace', path: 'emails', value: [{ value: 'other@mail.example', primary: true }] },
      ]);
      expect(await signIn(bench, right)).to.equal('locked');
      await bench.provisioning.patchUser(id, [{ op: 'remove', path: 'emails' }]);
      expect((await act('verify-email')).status).to.equal(409);
    });
  });
});

describe('/admin/v1: what there is to see', () => {
  it('lists who is not in and why, with pages, by status and age', async () => {
    const bench = new AdminBench();
    const make = (userName: string, onboarding: JsonObject, more: JsonObject = {}) =>
      bench.provisioning.createUser(userBody(userName, onboarding, more));
    await make('invited', { preRegistration: true });
    await bench.provisioning.deliver();
    bench.provisioning.passMinutes(100 * 60);
    await make('in', {}, { password: right });
    await make('held', { preRegistration: true, startDate: '2031-09-01T00:00:00Z' });
    await make('unreachable', { preRegistration: true }, { emails: [] });
    await make('queued', { preRegistration: true });
    const list = async (query: string) => (await bench.call('get', `/admin/v1/onboarding${query}`)).body;
    const shown = ({ users }: { users: { user: { userName: string }; hindrance: string }[] }) =>
      users.map(({ user, hindrance }) => `${user.userName}: ${hindrance}`);
    const all = await list('');
    expect(shown(all)).to.deep.equal([
      'invited: expired',
      'held: notStarted',
      'unreachable: noAddress',
      'queued: queued',
    ]);
    expect(all).to.include({ totalResults: 4, startIndex: 1, itemsPerPage: 4 });
    expect(all.users[2].detail).to.equal('There is no e-mail address to send to.');
    const page = await list('?startIndex=2&count=2');
    expect(page).to.include({ totalResults: 4, startIndex: 2, itemsPerPage: 2 });
    expect(shown(page)).to.deep.equal(['held: notStarted', 'unreachable: noAddress']);
    expect(shown(await list('?status=failed,queued'))).to.deep.equal(['unreachable: noAddress', 'queued: queued']);
    expect(shown(await list('?olderThanHours=72'))).to.deep.equal(['invited: expired']);
    bench.provisioning.passMinutes(24 * 60);
    expect(shown(await list('?olderThanHours=23.5'))).to.have.length(4);
    expect(
      (await list('?status=none')).users.map(({ user }: { user: { userName: string } }) => user.userName),
    ).to.deep.equal(['in']);
  });

  for (const [query, detail] of [
    ['?status=active', /^status/],
    ['?status=', /^status/],
    ['?count=0', /^count/],
    ['?count=1001', /^count/],
    ['?startIndex=0', /^startIndex/],
    ['?olderThanHours=soon', /^olderThanHours/],
    ['?olderThanHours=-1', /^olderThanHours/],
    ['?page=2', /^page is not/],
    ['?count=1&count=2', /^count is given more than once/],
  ] as const) {
    it(`refuses ${query}, naming the parameter`, async () => {
      const answer = await new AdminBench().call('get', `/admin/v1/onboarding${query}`);
      expect(answer.status).to.equal(400);
      expect(answer.body.detail).to.match(detail);
    });
  }

  it("shows one person's deliveries, newest first, with what never got into the outbox", async () => {
    const { bench, id, act } = await withUser({ preRegistration: true }, { emails: [] });
    bench.provisioning.passMinutes(5);
    await bench.provisioning.patchUser(id, [
      { op: 'add', path: 'emails', value: [{ value: 'ines@mail.example', primary: true }] },
    ]);
    await bench.settle();
    const { body } = await bench.call('get', `/admin/v1/users/${id}/onboarding`);
    expect(body.deliveries.map(({ state, reply }: { state: string; reply?: string }) => [state, reply])).to.deep.equal([
      ['queued', undefined],
      ['failed', 'There is no e-mail address to send to.'],
    ]);
    expect(JSON.stringify(body)).not.to.match(/ines@mail\.example|tokenHash|password"/);
    await act('cancel');
    await bench.settle();
    expect((await bench.call('get', `/admin/v1/users/${id}/onboarding`)).body.deliveries[0].state).to.equal(
      'cancelled',
    );
    expect((await bench.call('get', '/admin/v1/users/nobody/onboarding')).status).to.equal(404);
  });

  it('shows what is held, with the reason', async () => {
    const { bench, id } = await withUser(
      { preRegistration: true },
      {},
      { onboarding: { quietHours: { from: '07:00', to: '09:00' } } },
    );
    await bench.settle();
    const [delivery] = [...bench.outbox.deliveries.values()];
    const held = {
      ...delivery!,
      heldFor: 'quiet hours',
      lastReply: 'quiet hours',
      notBefore: '2031-05-06T09:00:00.000Z',
    };
    bench.outbox.deliveries.set(held.id, held);
    await bench.provisioning.addressee.report(held);
    const { body } = await bench.call('get', `/admin/v1/users/${id}/onboarding`);
    expect(body).to.include({ status: 'held', hindrance: 'held', detail: 'quiet hours' });
    expect(body.deliveries[0]).to.include({
      state: 'held',
      reply: 'quiet hours',
      notBefore: '2031-05-06T09:00:00.000Z',
    });
  });

  it('puts back all of a state that ended for one reason, in pages, and tells which it could not', async () => {
    const { bench } = await withUser({ preRegistration: true });
    await bench.settle();
    const [delivery] = [...bench.outbox.deliveries.keys()];
    await bench.end(delivery!, 'dead', '550 5.4.5 Daily sending quota exceeded');
    const like = bench.outbox.deliveries.get(delivery!)!;
    bench.outbox.deliveries.set('0.old', {
      ...like,
      id: '0.old',
      eventId: '0',
      data: { ...like.data, request: 'gone' },
    });
    bench.outbox.deliveries.set('0.other', { ...like, id: '0.other', lastReply: '550 5.1.1 no such mailbox' });
    const all = (body: JsonObject) => bench.call('post', '/admin/v1/deliveries/requeue', body);
    expect((await all({})).status).to.equal(400);
    expect((await all({ state: 'sent' })).status).to.equal(400);
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const { body } = await all({
        state: 'dead',
        reason: 'QUOTA',
        count: 1,
        ...(before === undefined ? {} : { before }),
      });
      seen.push(...(body.requeued as string[]));
      before = body.next as string | undefined;
    } while (before !== undefined);
    expect(seen).to.include(delivery);
    expect(bench.outbox.deliveries.get('0.other')?.state).to.equal('dead');
    expect((await all({ state: 'dead', reason: 'quota' })).body.requeued).to.deep.equal([]);
  });

  it('lists deliveries by state in pages, and puts a dead one back, as long as somebody waits for it', async () => {
    const { bench, id, act } = await withUser({ preRegistration: true });
    await bench.settle();
    const [delivery] = [...bench.outbox.deliveries.keys()];
    const requeue = (which = delivery!) => bench.call('post', `/admin/v1/deliveries/${which}/requeue`);
    expect((await requeue()).body.detail).to.match(/is queued/);
    expect((await requeue('none.such')).status).to.equal(404);
    await bench.end(delivery!, 'dead', '550 5.1.1 no such mailbox');
    expect((await bench.call('get', `/admin/v1/users/${id}/onboarding`)).body).to.include({
      status: 'failed',
      hindrance: 'deliveryFailed',
      detail: '550 5.1.1 no such mailbox',
    });
    expect((await bench.call('get', '/admin/v1/deliveries?state=dead')).body.deliveries).to.have.length(1);
    const { body } = await requeue();
    expect(body).to.include({ id: delivery, state: 'queued', attempts: 0 });
    expect((await bench.call('get', `/admin/v1/users/${id}/onboarding`)).body).to.include({
      status: 'queued',
      hindrance: 'queued',
    });
    expect(bench.provisioning.lastEvent('delivery.requeued')).to.deep.include({
      triggeredBy: 'admin_api',
      data: { delivery },
    });
    await bench.end(delivery!, 'dead', '550 5.1.1 no such mailbox');
    await act('resend');
    expect((await requeue()).body.detail).to.match(/does not wait/);
    await bench.settle();
    bench.provisioning.passMinutes(2);
    await act('resend');
    await bench.settle();
    const first = (await bench.call('get', '/admin/v1/deliveries?state=queued&count=1')).body;
    const second = (await bench.call('get', `/admin/v1/deliveries?state=queued&count=1&before=${first.next}`)).body;
    expect([first.deliveries.length, second.deliveries.length, second.next]).to.deep.equal([1, 1, undefined]);
    expect(first.deliveries[0].id).not.to.equal(second.deliveries[0].id);
    bench.outbox.deliveries.set('event.hook', {
      ...bench.outbox.deliveries.get(delivery!)!,
      id: 'event.hook',
      channel: 'webhook',
      template: 'event',
      userId: 'webhook:crm',
    });
    expect((await requeue('event.hook')).body.detail).to.match(/webhook/);
    bench.outbox.deliveries.set('event.activated', {
      ...bench.outbox.deliveries.get(delivery!)!,
      id: 'event.activated',
      template: 'activated',
    });
    expect((await requeue('event.activated')).body.state, 'a notice is not waited for').to.equal('queued');
    for (const query of ['', '?state=lost'])
      expect((await bench.call('get', `/admin/v1/deliveries${query}`)).body.detail).to.match(/^state/);
  });
});
