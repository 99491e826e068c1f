import { expect } from 'chai';
import type { Administrator } from '../../src/administrators/administrator.ts';
import { AdminBench } from '../support/admin-bench.ts';
import { tenant, userBody } from '../support/provisioning-bench.ts';

const steps = '/admin/v1/first-steps';
const doneOf = async (bench: AdminBench) => {
  const { body } = await bench.call('get', steps);
  const done = (body.steps as { id: string; done: boolean }[]).filter((step) => step.done).map(({ id }) => id);
  return [done, body.over as boolean] as const;
};

describe('/admin/v1/first-steps', () => {
  it('are seen from what is there, from the name to the first person', async () => {
    const bench = new AdminBench();
    expect(await doneOf(bench)).to.deep.equal([[], false]);
    bench.firstSteps.set = { productName: 'Harbour' };
    bench.firstSteps.sender = true;
    expect(await doneOf(bench)).to.deep.equal([['name', 'sender'], false]);
    bench.administrators.set('ines', { id: 'ines', email: 'ines@harbour.example' } as Administrator);
    const actor = {
      tenant,
      client: 'Ines',
      requestId: 'r',
      actor: { kind: 'administrator' as const, id: 'ines', name: 'Ines' },
    };
    await bench.operations['sendTestMessage']!({ actor, id: '', params: { name: 'invitation' }, query: {}, body: {} });
    await bench.call('post', '/admin/v1/clients', { name: 'Okta' }, 'admin scim:read scim:write');
    await bench.provisioning.createUser(userBody('ines'));
    const [done, over] = await doneOf(bench);
    expect([done, over]).to.deep.equal([['name', 'sender', 'testMail', 'source', 'person'], true]);
  });

  it('are over once somebody needs them no more', async () => {
    const bench = new AdminBench();
    expect((await bench.call('delete', steps)).body.over).to.equal(true);
    expect((await doneOf(bench))[1]).to.equal(true);
  });
});
