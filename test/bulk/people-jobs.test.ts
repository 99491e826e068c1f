import { expect } from 'chai';
import type { Administrator } from '../../src/administrators/administrator.ts';
import type { PeopleJobView } from '../../src/bulk/people-job-view.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Role } from '../../src/domain/role.ts';
import { readOnboarding } from '../../src/provisioning/user/latchkey-extension.ts';
import { AdminBench } from '../support/admin-bench.ts';
import { tenant, userBody } from '../support/provisioning-bench.ts';

const bulk = '/admin/v1/people/bulk';

/** A bench with invited people, named by number. */
async function withPeople(count: number) {
  const bench = new AdminBench();
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1)
    ids.push(await bench.provisioning.createUser(userBody(`person-${number}`, { preRegistration: true })));
  await bench.provisioning.deliver();
  bench.provisioning.passMinutes(2);
  const stored = async (id: string) => bench.provisioning.store.get(tenant, 'User', id);
  const isActive = async (id: string) => (await stored(id))?.resource['active'];
  return { bench, ids, stored, isActive };
}

async function settled(bench: AdminBench, id: string): Promise<PeopleJobView> {
  for (let look = 0; look < 200; look += 1) {
    const { body } = await bench.call('get', `${bulk}/${id}`);
    if (!['planning', 'running', 'undoing'].includes(body.state as string)) return body as PeopleJobView;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the job did not come to its end');
}

async function planned(bench: AdminBench, body: JsonObject): Promise<PeopleJobView> {
  const { status, body: made } = await bench.call('post', bulk, body);
  expect(status, JSON.stringify(made)).to.equal(201);
  return settled(bench, made.id as string);
}

async function ran(bench: AdminBench, { id, counts }: PeopleJobView): Promise<PeopleJobView> {
  const { status, body } = await bench.call('post', `${bulk}/${id}/run`, { people: counts.planned });
  expect(status, JSON.stringify(body)).to.equal(202);
  return settled(bench, id);
}

async function undone(bench: AdminBench, id: string): Promise<PeopleJobView> {
  const { status, body } = await bench.call('post', `${bulk}/${id}/undo`);
  expect(status, JSON.stringify(body)).to.equal(202);
  return settled(bench, id);
}

/** A call of an operation as somebody with a role, as the console makes it. */
function asRole(bench: AdminBench, role: Role, id = 'ines') {
  bench.administrators.set(id, { id, role, operator: false } as Administrator);
  const actor = {
    tenant,
    client: 'Ines',
    requestId: 'r',
    role,
    actor: { kind: 'administrator' as const, id, name: 'Ines' },
  };
  return (operation: string, body: JsonObject, job = '') =>
    Promise.resolve(bench.operations[operation]!({ actor, id: job, params: { id: job }, query: {}, body }));
}

describe('an action on many people', () => {
  it('is planned by the dry run of each, and does nothing before it is approved', async () => {
    const { bench, ids, stored } = await withPeople(60);
    const off = ids[7]!;
    await bench.call('post', `/admin/v1/users/${off}/deactivate`);
    const before = await stored(ids[0]!);
    const plan = await planned(bench, { action: 'resend', query: {} });
    expect([plan.state, plan.total, plan.counts.planned, plan.counts.refused]).to.deep.equal(['planned', 60, 59, 1]);
    expect([plan.messages, plan.effects['keySuperseded']]).to.deep.equal([59, 59]);
    expect(plan.others.map(({ id, reason }) => [id, reason])).to.deep.equal([
      [off, 'The user is deactivated: nothing is sent to them.'],
    ]);
    expect(await stored(ids[0]!)).to.deep.equal(before);
  });

  it('is done once to each whom the plan had room for, and tells who was left out', async () => {
    const { bench, ids, stored } = await withPeople(30);
    const first = (await stored(ids[0]!))?.account?.invitation?.id;
    const result = await ran(bench, await planned(bench, { action: 'resend', ids: ids.slice(0, 28) }));
    expect([result.state, result.counts.done, result.counts.planned]).to.deep.equal(['done', 28, 0]);
    const mails = await bench.provisioning.deliver();
    expect(mails.map(({ to }) => to).sort()).to.deep.equal(
      ids
        .slice(0, 28)
        .map((_, number) => `person-${number}@mail.example`)
        .sort(),
    );
    expect((await stored(ids[0]!))?.account?.invitation?.id).not.to.equal(first);
    expect(result.canBeUndone).to.equal(false);
    expect((await bench.call('post', `${bulk}/${result.id}/undo`)).status).to.equal(409);
  });

  it('is approved by the number that its plan says, and once', async () => {
    const { bench } = await withPeople(3);
    const plan = await planned(bench, { action: 'deactivate', query: { state: 'invited' } });
    expect((await bench.call('post', `${bulk}/${plan.id}/run`, { people: 2 })).status).to.equal(409);
    await ran(bench, plan);
    expect((await bench.call('post', `${bulk}/${plan.id}/run`, { people: 3 })).status).to.equal(409);
  });

  it('concerns those whom the filter found when it was planned, and nobody who came later', async () => {
    const { bench, ids, isActive } = await withPeople(2);
    const plan = await planned(bench, { action: 'deactivate', query: {} });
    const late = await bench.provisioning.createUser(userBody('late'));
    await ran(bench, plan);
    expect([await isActive(ids[0]!), await isActive(ids[1]!), await isActive(late)]).to.deep.equal([
      false,
      false,
      true,
    ]);
  });

  it('is refused with what is missing or too much', async () => {
    const { bench, ids } = await withPeople(1);
    const refused = async (body: JsonObject) => {
      const answer = await bench.call('post', bulk, body);
      return [answer.status, answer.body.detail as string] as const;
    };
    expect((await refused({ action: 'resend' }))[1]).to.include('"ids" or "query"');
    expect((await refused({ action: 'resend', ids, query: {} }))[0]).to.equal(400);
    expect((await refused({ action: 'resend', ids: [] }))[0]).to.equal(400);
    expect((await refused({ action: 'erase', ids }))[0]).to.equal(400);
    expect((await refused({ action: 'extend', ids }))[1]).to.match(/^expiresAt /);
    expect((await refused({ action: 'extend', ids, expiresAt: 'soon' }))[1]).to.match(/^expiresAt /);
    expect((await refused({ action: 'resend', ids, forceChange: true }))[1]).to.match(/^forceChange: /);
    expect((await bench.call('get', `${bulk}/nobody`)).status).to.equal(404);
  });

  it('of a password makes one for each when its mail goes out, and shows none', async () => {
    const { bench, ids, stored } = await withPeople(2);
    const plan = await planned(bench, { action: 'password', ids });
    expect(JSON.stringify(await ran(bench, plan))).not.to.match(/"password":"/);
    const mails = await bench.provisioning.deliver();
    expect(new Set(mails.map(({ values }) => values['password'])).size).to.equal(2);
    expect(readOnboarding((await stored(ids[0]!))!.resource).forcePasswordReset).to.equal(true);
  });
});

describe('an action on many people, taken back', () => {
  it('switches on again whom it deactivated, and nobody whom somebody else has deactivated since', async () => {
    const { bench, ids, isActive } = await withPeople(3);
    const [mine = '', theirs = '', before = ''] = ids;
    await bench.call('post', `/admin/v1/users/${before}/deactivate`);
    const done = await ran(bench, await planned(bench, { action: 'deactivate', ids }));
    expect([done.counts.done, done.counts.refused]).to.deep.equal([2, 1]);
    await bench.call('post', `/admin/v1/users/${theirs}/reactivate`);
    await bench.call('post', `/admin/v1/users/${theirs}/deactivate`);
    const back = await undone(bench, done.id);
    expect([back.state, back.counts.undone, back.counts.left]).to.deep.equal(['undone', 1, 1]);
    expect([await isActive(mine), await isActive(theirs), await isActive(before)]).to.deep.equal([true, false, false]);
    expect((await bench.call('post', `${bulk}/${done.id}/undo`)).status).to.equal(409);
  });

  it('puts back whom it deleted, but not whom somebody else has deleted since', async () => {
    const { bench, ids, stored } = await withPeople(2);
    const [mine = '', theirs = ''] = ids;
    const done = await ran(bench, await planned(bench, { action: 'delete', ids }));
    expect(await stored(mine)).to.equal(undefined);
    await bench.call('post', `/admin/v1/users/${theirs}/restore`);
    bench.provisioning.passMinutes(1);
    await bench.call('delete', `/admin/v1/users/${theirs}`);
    const back = await undone(bench, done.id);
    expect([back.counts.undone, back.counts.left]).to.deep.equal([1, 1]);
    expect([(await stored(mine))?.id, await stored(theirs)]).to.deep.equal([mine, undefined]);
  });

  it('gives invitations their earlier end, but not those that were extended again', async () => {
    const { bench, ids, stored } = await withPeople(2);
    const [mine = '', theirs = ''] = ids;
    const endOf = async (id: string) => (await stored(id))?.account?.invitation?.expiresAt;
    const earlier = await endOf(mine);
    const inDays = (days: number) => new Date(bench.provisioning.now + days * 86_400_000).toISOString();
    const expiresAt = inDays(30);
    const plan = await planned(bench, { action: 'extend', ids, expiresAt });
    expect(plan.others).to.deep.equal([]);
    const done = await ran(bench, plan);
    expect(await endOf(mine)).to.equal(expiresAt);
    await bench.call('post', `/admin/v1/users/${theirs}/extend`, { expiresAt: inDays(60) });
    await undone(bench, done.id);
    expect([await endOf(mine), await endOf(theirs)]).to.deep.equal([earlier, inDays(60)]);
  });

  it('can be taken back for seven days', async () => {
    const { bench, ids } = await withPeople(1);
    const done = await ran(bench, await planned(bench, { action: 'deactivate', ids }));
    bench.provisioning.passMinutes(7 * 24 * 60 + 1);
    expect((await settled(bench, done.id)).actions).to.deep.equal([]);
    expect((await bench.call('post', `${bulk}/${done.id}/undo`)).status).to.equal(409);
  });
});

describe('an action on many people, by role', () => {
  it('is theirs who may do it to one: helpdesk resends and deactivates nobody', async () => {
    const { bench, ids } = await withPeople(1);
    const helpdesk = asRole(bench, 'helpdesk');
    expect((await helpdesk('startPeopleJob', { action: 'resend', ids })).status).to.equal(201);
    for (const action of ['invite', 'password', 'cancel', 'deactivate', 'reactivate', 'delete'])
      expect(await statusOf(helpdesk('startPeopleJob', { action, ids })), action).to.equal(403);
  });

  it('of another is neither run nor resumed nor taken back by who may not do it', async () => {
    const { bench, ids } = await withPeople(1);
    const helpdesk = asRole(bench, 'helpdesk');
    const plan = await planned(bench, { action: 'deactivate', ids });
    for (const wish of ['run', 'pause', 'resume', 'cancel', 'undo'])
      expect(await statusOf(helpdesk(`${wish}PeopleJob`, { people: 1 }, plan.id)), wish).to.equal(403);
  });

  it('pauses where the role of who approved it was taken away, and does nothing more', async () => {
    const { bench, ids, isActive } = await withPeople(1);
    const admin = asRole(bench, 'admin');
    const started = await admin('startPeopleJob', { action: 'deactivate', ids });
    const { id } = await settled(bench, (started.body as PeopleJobView).id);
    bench.administrators.set('ines', { id: 'ines', role: 'auditor', operator: false } as Administrator);
    await admin('runPeopleJob', { people: 1 }, id);
    const view = await settled(bench, id);
    expect([view.state, await isActive(ids[0]!)]).to.deep.equal(['paused', true]);
    expect(view.reason).to.equal('Ines may no longer do this. Somebody who may can resume it.');
    expect((await bench.call('post', `${bulk}/${id}/resume`)).status).to.equal(200);
    expect([(await settled(bench, id)).state, await isActive(ids[0]!)]).to.deep.equal(['done', false]);
  });
});

describe('an action on many people, when the process dies in the middle', () => {
  it('writes to nobody twice: who had a message meanwhile is told as not certain', async () => {
    const { bench, ids, stored } = await withPeople(5);
    const plan = await planned(bench, { action: 'resend', ids });
    const commit = bench.provisioning.store.commit.bind(bench.provisioning.store);
    let writes = 0;
    // The third write is done, and its answer is lost: as when the process dies right after it.
    bench.provisioning.store.commit = async (change) => {
      const done = await commit(change);
      if (++writes === 3) throw new Error('cut off');
      return done;
    };
    const result = await ran(bench, plan);
    expect(result.counts.done + result.counts.unsure).to.equal(5);
    expect(result.counts.unsure).to.be.above(0);
    const mails = await bench.provisioning.deliver();
    expect(mails).to.have.length(5);
    for (const id of ids) expect((await stored(id))?.account?.pastInvitations ?? []).to.have.length(1);
  });

  it('does again what is safe to do again', async () => {
    const { bench, ids, isActive } = await withPeople(5);
    const plan = await planned(bench, { action: 'deactivate', ids });
    const commit = bench.provisioning.store.commit.bind(bench.provisioning.store);
    let writes = 0;
    bench.provisioning.store.commit = async (change) => {
      const done = await commit(change);
      if (++writes === 3) throw new Error('cut off');
      return done;
    };
    const result = await ran(bench, plan);
    expect([result.counts.done, await Promise.all(ids.map(isActive))]).to.deep.equal([5, ids.map(() => false)]);
  });
});

async function statusOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 200,
    (error: { readonly status: number }) => error.status,
  );
}
