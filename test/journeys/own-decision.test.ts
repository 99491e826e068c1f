import { expect } from 'chai';
import { eventually, testToken } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

describeServed("a client's word that a person is active, or is not,", {}, (served) => {
  const admin = async (method: string, path: string, body?: object): Promise<any> => {
    const answer = await fetch(`${served().url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${testToken}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect(answer.status, text).to.be.within(200, 202);
    return JSON.parse(text);
  };
  const scim = async (method: string, path: string, body?: unknown, profile = 'auto'): Promise<any> => {
    const answer = await served().scim(method, path, body, { authorization: `Bearer ${served().token(profile)}` });
    expect(answer.status, JSON.stringify(answer.body)).to.be.within(200, 204);
    return answer.body;
  };
  const patchOf = (...Operations: object[]) => ({ schemas: [patchOp], Operations });
  const body = (userName: string, more: object = {}) => ({ schemas: [core], userName, ...more });
  const isActive = async (id: string): Promise<boolean> => (await scim('GET', `/Users/${id}`)).active;
  const settled = (path: string): Promise<any> =>
    eventually(
      `the end of ${path}`,
      async () => {
        const view = await admin('GET', path);
        return !['reading', 'planning', 'running', 'undoing'].includes(view.state) && view;
      },
      30,
    );

  /** Each a client of its own, so that none repeats another. */
  const words = (active: boolean): readonly [string, (id: string, userName: string) => Promise<unknown>][] => [
    [
      'PATCH with a path',
      (id) => scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: active })),
    ],
    [
      'PATCH without a path, by Entra',
      (id) =>
        scim(
          'PATCH',
          `/Users/${id}`,
          patchOf({ op: 'Replace', value: { active: active ? 'True' : 'False' } }),
          'entra',
        ),
    ],
    ['PUT by Okta', (id, userName) => scim('PUT', `/Users/${id}`, body(userName, { active }), 'okta')],
    [
      'Bulk',
      (id) =>
        scim('POST', '/Bulk', {
          schemas: [bulk],
          Operations: [
            { method: 'PATCH', path: `/Users/${id}`, data: patchOf({ op: 'replace', path: 'active', value: active }) },
          ],
        }),
    ],
  ];
  const others: readonly [string, (id: string, userName: string) => Promise<unknown>][] = [
    ['nothing', async () => undefined],
    [
      'PATCH of something else',
      (id) => scim('PATCH', `/Users/${id}`, patchOf({ op: 'add', path: 'title', value: 'Mate' })),
    ],
    ['PUT without it', (id, userName) => scim('PUT', `/Users/${id}`, body(userName, { title: 'Cook' }), 'okta')],
  ];

  for (const [action, active] of [
    ['deactivate', false],
    ['reactivate', true],
  ] as const) {
    it(`outlasts the undo of many that ${action}`, async () => {
      const cases = [
        ...words(active).map((one) => [...one, true] as const),
        ...others.map((one) => [...one, false] as const),
      ];
      const people = await Promise.all(
        cases.map(async ([title, say, stays], number) => {
          const userName = `${action}-${number}@decision.example`;
          const { id } = await scim('POST', '/Users', body(userName));
          if (active)
            await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: false }), 'strict');
          return { title, say, stays, userName, id: id as string };
        }),
      );
      const { id: job } = await admin('POST', '/people/bulk', { action, ids: people.map(({ id }) => id) });
      const plan = await settled(`/people/bulk/${job}`);
      await admin('POST', `/people/bulk/${job}/run`, { people: plan.counts.planned });
      await settled(`/people/bulk/${job}`);
      for (const { say, id, userName } of people) await say(id, userName);
      const versions = await Promise.all(people.map(({ id }) => scim('GET', `/Users/${id}`)));
      for (const { say, id, userName } of people) await say(id, userName);
      const again = await Promise.all(people.map(({ id }) => scim('GET', `/Users/${id}`)));
      expect(
        again.map(({ meta }) => meta.version),
        'a word repeated changes nothing',
      ).to.deep.equal(versions.map(({ meta }) => meta.version));
      await admin('POST', `/people/bulk/${job}/undo`);
      const undone = await settled(`/people/bulk/${job}`);
      for (const { title, stays, id } of people) expect(await isActive(id), title).to.equal(stays ? active : !active);
      expect(undone.counts.left).to.equal(words(active).length);
    });
  }

  it('outlasts the undo of an import, which puts back the rest', async () => {
    const names = ['said@import.example', 'unsaid@import.example'];
    const ids: string[] = [];
    for (const userName of names) ids.push((await scim('POST', '/Users', body(userName, { title: 'Mate' }))).id);
    const content = `userName,title,active\n${names.map((name) => `${name},Cook,false`).join('\n')}\n`;
    const { id: batch } = await admin('POST', '/imports', { name: 'leavers.csv', content });
    const plan = await settled(`/imports/${batch}`);
    await admin('POST', `/imports/${batch}/run`, { plan: plan.plan.hash });
    await settled(`/imports/${batch}`);
    expect(await isActive(ids[0]!)).to.equal(false);
    await scim('PUT', `/Users/${ids[0]!}`, body(names[0]!, { title: 'Cook', active: false }), 'okta');
    await admin('POST', `/imports/${batch}/undo`);
    const { undone } = await settled(`/imports/${batch}`);
    expect(undone.left, JSON.stringify(undone)).to.equal(1);
    const [said, unsaid] = await Promise.all(ids.map((id) => scim('GET', `/Users/${id}`)));
    expect([said.active, said.title]).to.deep.equal([false, 'Mate']);
    expect([unsaid.active, unsaid.title]).to.deep.equal([true, 'Mate']);
  });
});
