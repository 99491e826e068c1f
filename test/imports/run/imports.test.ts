import { expect } from 'chai';
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
});
