import { expect } from 'chai';
import { errorsFile } from '../../../src/imports/batch/errors-file.ts';
import { ImportBench } from '../../support/import-bench.ts';
import { tenant } from '../../support/provisioning-bench.ts';

const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Rows of a table with these headings. */
function csv(headings: string, ...rows: readonly string[]): string {
  return `${[headings, ...rows].join('\n')}\n`;
}

/** So many people, each as `p7@harbour.example`. */
function many(
  count: number,
  headings = 'userName,externalId,givenName',
  row = (n: number) => `p${n}@harbour.example,E${n},P`,
) {
  return csv(headings, ...Array.from({ length: count }, (_, n) => row(n)));
}

describe('imports', () => {
  let bench = new ImportBench();
  beforeEach(() => {
    bench = new ImportBench();
  });
  afterEach(async () => {
    await bench.stop();
    expect(bench.errors).to.deep.equal([]);
  });

  it('plan without writing, run what was approved, and find nothing to do the second time', async () => {
    const file = csv(
      'userName,externalId,givenName,email,manager,groups,startDate,employeeNumber',
      'ines@harbour.example,E1,Ines,ines@harbour.example,E2,Crew|Night,2031-06-01,001',
      'rhea@harbour.example,E2,Rhea,rhea@harbour.example,,,,002',
      'bad@harbour.example,E3,Bad,nobody,,,,003',
    );
    const plan = await bench.plan(file, { createGroups: true });
    expect(plan.state).to.equal('planned');
    expect(plan.counts).to.deep.equal({ created: 2, changed: 0, unchanged: 0, refused: 1, deactivated: 0 });
    expect(plan.plan?.newGroups).to.deep.equal(['Crew', 'Night']);
    expect(plan.plan?.mails).to.deep.equal({
      count: 2,
      byTemplate: { invitation: 2 },
      first: '2031-05-06T07:08:09.000Z',
      last: '2031-06-01T00:00:00.000Z',
    });
    expect(plan.refusals).to.deep.equal([
      { line: 4, reason: 'email: it is not a mail address such as name@example.com.' },
    ]);
    expect(await bench.people()).to.deep.equal({});

    const done = await bench.run(plan, { invite: true });
    expect(done.state).to.equal('done');
    expect(done.counts).to.deep.equal(plan.counts);
    const people = await bench.people();
    expect(people['ines@harbour.example']).to.deep.include({ externalId: 'E1', active: true });
    expect(people['ines@harbour.example']?.[latchkey]).to.deep.include({ preRegistration: true, status: 'held' });
    expect(people['ines@harbour.example']?.[enterprise]).to.deep.equal({
      employeeNumber: '001',
      manager: { value: people['rhea@harbour.example']?.['id'] },
    });
    expect(bench.provisioning.store.events.every(({ triggeredBy }) => triggeredBy === 'import')).to.equal(true);
    expect(bench.requests.map(({ method, path, status }) => [method, path, status])).to.deep.equal([
      ['POST', '/Users', 201],
      ['POST', '/Users', 201],
    ]);

    const again = await bench.plan(file, { createGroups: true });
    expect(again.counts).to.deep.equal({ created: 0, changed: 0, unchanged: 2, refused: 1, deactivated: 0 });
    expect(again.plan?.mails.count).to.equal(0);
  });

  it('run no plan but the one that was approved', async () => {
    const plan = await bench.plan(many(3));
    await bench.imports.run(tenant, plan.id, 'hr', { plan: 'another', invite: false }).then(
      () => expect.fail('it ran'),
      (cause: Error) => expect(cause.message).to.match(/not the plan/),
    );
    // What the plan is about changes before it runs: nothing is written, and there is a new plan.
    await bench.provisioning.createUser({ userName: 'p1@harbour.example', name: { givenName: 'Other' } });
    const stale = await bench.run(plan);
    expect(stale.state).to.equal('planned');
    expect(stale.notes.join()).to.match(/changed since the plan was approved/);
    expect(stale.plan?.hash).not.to.equal(plan.plan?.hash);
    expect(stale.counts).to.deep.include({ created: 2, changed: 1 });
    expect(Object.keys(await bench.people())).to.deep.equal(['p1@harbour.example']);
    expect((await bench.run(stale)).state).to.equal('done');
  });

  it('ask whether new people are invited, unless somebody has said it', async () => {
    const plan = await bench.plan(many(2));
    expect(plan.questions.map(({ name }) => name)).to.deep.equal(['invite']);
    await bench.imports.run(tenant, plan.id, 'hr', { plan: plan.plan!.hash }).then(
      () => expect.fail('it ran'),
      (cause: Error) => expect(cause.message).to.match(/^invite: /),
    );
    expect((await bench.plan(many(2), { invite: false })).questions).to.deep.equal([]);
    await bench.run(plan, { invite: false });
    expect(bench.provisioning.eventTypes()).not.to.include('invitation.requested');
  });

  it('pause after a canary of exactly n people, and go on from there', async () => {
    const plan = await bench.plan(many(450), { canary: 7 });
    const paused = await bench.run(plan);
    expect(paused.state).to.equal('paused');
    expect(paused.reason).to.match(/first 7 people/);
    expect(Object.keys(await bench.people())).to.have.length(7);
    await bench.imports.ask(tenant, plan.id, 'resume');
    const done = await bench.imports.settled(tenant, plan.id, 20_000);
    expect(done.state).to.equal('done');
    expect(done.counts).to.deep.equal({ created: 450, changed: 0, unchanged: 0, refused: 0, deactivated: 0 });
    expect(Object.keys(await bench.people())).to.have.length(450);
  });

  it('are taken back: equal to before, but for what others have changed since', async () => {
    const { provisioning } = bench;
    await provisioning.createUser({
      userName: 'p0@harbour.example',
      externalId: 'E0',
      title: 'Mate',
      emails: [{ value: 'p0@harbour.example', type: 'work' }],
    });
    await provisioning.createUser({ userName: 'p1@harbour.example', externalId: 'E1', title: 'Mate' });
    await provisioning.createUser({ userName: 'p2@harbour.example', externalId: 'E2', active: false });
    const before = await bench.people();
    const rows = (n: number) =>
      `p${n}@harbour.example,E${n},Captain,new${n}@harbour.example,true,Crew,${n === 3 ? '' : 'E3'}`;
    const done = await bench.do(many(4, 'userName,externalId,title,email,active,groups,manager', rows), {
      createGroups: true,
    });
    expect(done.counts).to.deep.equal({ created: 1, changed: 3, unchanged: 0, refused: 0, deactivated: 0 });
    const ids = Object.values(before).map(({ id }) => id as string);
    await provisioning.patchUser(ids[1]!, [{ op: 'replace', path: 'title', value: 'Cook' }]);
    const undone = await bench.undo(done);
    expect(undone.state).to.equal('undone');
    expect(undone.undone).to.deep.equal({
      removed: 1,
      deactivated: 0,
      restored: 2,
      left: 1,
      leftPeople: [{ id: ids[1], userName: 'p1@harbour.example', reason: 'changed since by somebody else: title' }],
    });
    const after = await bench.people();
    expect(after['p1@harbour.example']).to.deep.include({ title: 'Cook' });
    for (const name of ['p0@harbour.example', 'p2@harbour.example']) expect(after[name]).to.deep.equal(before[name]);
    expect(Object.keys(after)).to.deep.equal(Object.keys(before));
    const groups = await provisioning.store.query({
      tenant,
      type: 'Group',
      condition: undefined,
      sort: undefined,
      limit: 9,
      page: { offset: 0 },
    });
    expect(groups.records).to.deep.equal([]);
    await bench.imports.undo(tenant, done.id).then(
      () => expect.fail('twice'),
      (cause: Error) => expect(cause.message).to.match(/nothing to take back/),
    );
  });

  it('deactivate, not remove, who has a key of their own when an import is taken back', async () => {
    const done = await bench.do(many(2));
    const [id] = Object.values(await bench.people()).map((person) => person['id'] as string);
    await bench.provisioning.patchUser(id!, [{ op: 'replace', path: 'password', value: 'seven small boats at dawn' }]);
    const { outcome } = await bench.provisioning.keys.signIn(tenant, 'p0@harbour.example', 'seven small boats at dawn');
    expect(outcome).to.equal('ok');
    const { undone } = await bench.undo(done);
    expect(undone).to.deep.include({ removed: 1, deactivated: 1 });
    expect((await bench.people())['p0@harbour.example']).to.deep.include({ active: false });
  });

  it('deactivate who is not in a full file: those whom imports manage, and many only by their number', async () => {
    await bench.provisioning.createUser({ userName: 'okta@harbour.example' });
    await bench.do(many(30));
    const few = await bench.plan(many(26), { full: true });
    expect(few.counts).to.deep.include({ unchanged: 26, deactivated: 4 });
    expect(few.plan?.others).to.equal(1);
    expect(few.questions).to.deep.equal([]);
    expect((await bench.run(few)).counts).to.deep.include({ deactivated: 4 });
    const active = Object.values(await bench.people()).filter((person) => person['active'] === true);
    expect(active).to.have.length(27);

    const deep = await bench.plan(many(20), { full: true });
    expect(deep.missing.map(({ userName }) => userName)).to.deep.equal(
      [20, 21, 22, 23, 24, 25].map((n) => `p${n}@harbour.example`),
    );
    expect(deep.questions.map(({ name }) => name)).to.deep.equal(['deactivate']);
    await bench.run(deep).then(
      () => expect.fail('it ran'),
      (cause: Error) => expect(cause.message).to.match(/^deactivate: 6 of 27/),
    );
    const done = await bench.run(deep, { deactivate: 6 });
    expect(done.counts).to.deep.include({ deactivated: 6 });
    const undone = await bench.undo(done);
    expect(undone.undone).to.deep.include({ restored: 6, left: 0 });
    expect(Object.values(await bench.people()).filter((person) => person['active'] === true)).to.have.length(27);
  });

  it('deactivate nobody for a row that is refused, or that does not tell whom it is about', async () => {
    await bench.do(many(3));
    const refused = await bench.plan(
      csv('userName,externalId,email', 'p0@harbour.example,E0,nobody', 'p1@harbour.example,E1,'),
      { full: true },
    );
    expect(refused.missing.map(({ userName }) => userName)).to.deep.equal(['p2@harbour.example']);
    const nameless = await bench.plan(csv('userName,externalId', 'p0@harbour.example,E0', 'too,many,cells'), {
      full: true,
    });
    expect(nameless.missing).to.deep.equal([]);
    expect(nameless.notes.join()).to.match(/Nobody is deactivated/);
    for (const rows of [[',,x@harbour.example'], [], ['p0@harbour.example,E0,', ',,x@harbour.example']]) {
      const plan = await bench.plan(csv('userName,externalId,email', ...rows), { full: true });
      expect(plan.counts.deactivated, rows.join()).to.equal(0);
      expect(plan.notes.join()).to.match(/Nobody is deactivated/);
    }
  });

  it('leave alone what an empty cell does not say, and never let anybody in by it', async () => {
    await bench.provisioning.createUser({ userName: 'p0@harbour.example', active: false, title: 'Mate' });
    const plan = await bench.plan(csv('userName,active,title,startDate', 'p0@harbour.example,,,'));
    expect(plan.counts).to.deep.include({ unchanged: 1 });
    await bench.run(plan).catch(() => undefined);
    expect((await bench.people())['p0@harbour.example']).to.deep.include({ active: false, title: 'Mate' });
  });

  it('tell webhooks only where the batch says so', async () => {
    await bench.do(many(1));
    expect(bench.provisioning.lastEvent('user.created')?.data).not.to.have.property('webhooks');
    await bench.do(csv('userName', 'told@harbour.example'), { webhooks: true });
    expect(bench.provisioning.lastEvent('user.created')?.data).to.deep.include({ webhooks: true });
  });

  it('give the refused rows back as a file that is imported again once it is mended', async () => {
    const plan = await bench.plan(
      csv('userName,email', 'a@harbour.example,nobody', 'b@harbour.example,b@harbour.example'),
    );
    const { batch, rows } = await bench.imports.refusals(tenant, plan.id);
    let text = '';
    for await (const piece of errorsFile(batch, rows).chunks) text += piece;
    expect(text).to.equal(
      '\ufeff#line,#reason,userName,email\r\n2,email: it is not a mail address such as name@example.com.,a@harbour.example,nobody\r\n',
    );
    const again = await bench.plan(text.replace('nobody', 'a@harbour.example'));
    expect(again.counts).to.deep.include({ created: 1, refused: 0 });
  });

  it('give back what a spreadsheet would run as a formula marked as text, and take the mark off again', async () => {
    const file = csv(
      'userName,givenName,phone,email',
      'a@harbour.example,=A1,+49 30 1234567,nobody',
      "b@harbour.example,'-B,+49 30 1234567,nobody",
    );
    const { batch, rows } = await bench.imports.refusals(tenant, (await bench.plan(file)).id);
    let text = '';
    for await (const piece of errorsFile(batch, rows).chunks) text += piece;
    expect(text).to.include("'=A1,'+49 30 1234567").and.to.include("''-B,");
    const again = await bench.plan(text.replaceAll('nobody', 'x@harbour.example'));
    expect(again.counts).to.deep.include({ created: 1, refused: 1 });
    expect((await bench.errorsOf(again))[0]?.reason).to.match(/givenName: it begins with "="/);
    await bench.run(again);
    expect((await bench.people())['b@harbour.example']).to.have.nested.property('name.givenName', "'-B");
  });

  it('go on with what a process that is gone was doing, when they are resumed', async () => {
    const plan = await bench.plan(many(3));
    await bench.runner.stop();
    await bench.imports.run(tenant, plan.id, 'hr', { plan: plan.plan!.hash, invite: false });
    expect((await bench.imports.view(tenant, plan.id)).state).to.equal('running');
    await bench.imports.ask(tenant, plan.id, 'resume');
    expect((await bench.imports.view(tenant, plan.id)).state).to.equal('running');
  });

  it('refuse a group whose name two groups have', async () => {
    const { provisioning } = bench;
    for (const name of ['Twin', 'TWIN', 'Crew']) await provisioning.createGroup(name, []);
    const plan = await bench.plan(csv('userName,groups', 'a@harbour.example,Crew|twin', 'b@harbour.example,Crew'));
    expect(plan.counts).to.deep.include({ created: 1, refused: 1 });
    expect((await bench.errorsOf(plan))[0]?.reason).to.match(/two groups here are called "twin"/);
  });

  it('find a person by externalId when their name has changed, and refuse who could be two', async () => {
    await bench.do(csv('userName,externalId', 'ana@harbour.example,E1', 'bo@harbour.example,E2'));
    const renamed = await bench.plan(csv('userName,externalId', 'ana.okoro@harbour.example,E1'));
    expect(renamed.people.map(({ kind, changes }) => [kind, changes])).to.deep.equal([
      ['changed', [{ path: 'userName', before: 'ana@harbour.example', after: 'ana.okoro@harbour.example' }]],
    ]);
    const two = await bench.plan(csv('userName,externalId', 'bo@harbour.example,E1', 'ana@harbour.example,E9'));
    expect((await bench.errorsOf(two)).map(({ reason }) => reason.slice(0, 30))).to.have.length(2);
  });
});
