import { expect } from 'chai';
import { describeServed } from '../support/served-stores.ts';
import type { ScimAnswer } from '../support/launch.ts';

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulkRequest = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describeServed('Bulk, all or nothing', {}, (served) => {
  const scim = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ScimAnswer> =>
    served().scim(method, path, body, headers);
  const bulk = (...Operations: object[]): Promise<ScimAnswer> =>
    scim('POST', '/Bulk', { schemas: [bulkRequest], allOrNothing: true, Operations });
  const user = (bulkId: string, userName: string, more: object = {}) => ({
    method: 'POST',
    path: '/Users',
    bulkId,
    data: { userName, ...more },
  });
  const group = (bulkId: string, displayName: string, ...members: string[]) => ({
    method: 'POST',
    path: '/Groups',
    bulkId,
    data: { displayName, members: members.map((value) => ({ value })) },
  });
  const patch = (path: string, ...Operations: object[]) => ({
    method: 'PATCH',
    path,
    data: { schemas: [patchOp], Operations },
  });
  const statuses = ({ body }: ScimAnswer): string[] => body.Operations.map(({ status }: { status: string }) => status);
  const paths = ({ body }: ScimAnswer): string[] =>
    body.Operations.map(({ location }: { location: string }) => location.slice(location.indexOf('/scim/v2') + 8));
  const count = async (type: string, filter: string): Promise<number> =>
    (await scim('GET', `/${type}?count=0&filter=${encodeURIComponent(filter)}`)).body.totalResults;
  const membersOf = async (path: string): Promise<string[]> =>
    ((await scim('GET', path)).body.members ?? []).map(({ value }: { value: string }) => value).sort();
  const idOf = (path: string | undefined): string => path?.split('/').at(-1) ?? '';
  const make = async (path: string, body: object): Promise<string> =>
    `${path}/${(await scim('POST', path, body)).body.id}`;

  it('does all: references forward, backward and circular, several changes of one resource, a name that changes hands', async () => {
    const old = await make('/Users', { userName: 'hands@all.example' });
    const crew = await make('/Groups', { displayName: 'Crew', members: [{ value: idOf(old) }] });
    const answer = await bulk(
      group('g', 'All', 'bulkId:late', 'bulkId:h'),
      group('h', 'Half', 'bulkId:g'),
      user('early', 'early@all.example', { [enterprise]: { manager: { value: 'bulkId:late' } } }),
      user('late', 'late@all.example', { [enterprise]: { manager: { value: 'bulkId:early' } } }),
      patch('/Groups/bulkId:g', { op: 'add', path: 'members', value: [{ value: 'bulkId:early' }] }),
      patch('/Groups/bulkId:g', { op: 'remove', path: 'members[value eq "bulkId:late"]' }),
      { method: 'DELETE', path: old },
      user('heir', 'HANDS@all.example'),
      patch(crew, { op: 'add', path: 'members', value: [{ value: 'bulkId:heir' }] }),
      { method: 'PUT', path: '/Users/bulkId:heir', data: { userName: 'HANDS@all.example', title: 'Heir' } },
    );
    expect(statuses(answer)).to.deep.equal(['201', '201', '201', '201', '200', '200', '204', '201', '200', '200']);
    const [all = '', half = '', early = '', late = ''] = paths(answer);
    expect(await membersOf(all)).to.deep.equal([idOf(half), idOf(early)].sort());
    expect(await membersOf(half)).to.deep.equal([idOf(all)]);
    expect((await scim('GET', early)).body[enterprise].manager.value).to.equal(idOf(late));
    expect((await scim('GET', late)).body[enterprise].manager.value).to.equal(idOf(early));
    const heir = paths(answer)[7] ?? '';
    expect(await membersOf(crew)).to.deep.equal([idOf(heir)]);
    expect((await scim('GET', heir)).body).to.include({ userName: 'HANDS@all.example', title: 'Heir' });
    expect((await scim('GET', old)).status).to.equal(404);
  });

  it('does nothing where one operation fails, and says which', async () => {
    const standing = await make('/Users', { userName: 'standing@none.example', title: 'Pilot' });
    const ship = await make('/Groups', { displayName: 'Ship', members: [{ value: idOf(standing) }] });
    const refused = async (fault: object, status: string): Promise<void> => {
      const answer = await bulk(
        user('a', 'a@none.example'),
        patch(standing, { op: 'replace', path: 'title', value: 'Captain' }),
        patch(ship, { op: 'add', path: 'members', value: [{ value: 'bulkId:a' }] }),
        { method: 'DELETE', path: standing },
        fault,
        user('z', 'z@none.example'),
      );
      expect(answer.status).to.equal(200);
      expect(statuses(answer)).to.deep.equal(['424', '424', '424', '424', status, '424']);
      expect(answer.body.Operations[0].response.detail).to.include('Operations[4]');
      expect(await count('Users', 'userName ew "@none.example"')).to.equal(1);
      expect((await scim('GET', standing)).body)
        .to.include({ title: 'Pilot' })
        .and.have.nested.property('meta.version', 'W/"1"');
      expect(await membersOf(ship)).to.deep.equal([idOf(standing)]);
    };
    await refused(user('b', 'A@none.example'), '409');
    await refused(user('b', ''), '400');
    await refused({ method: 'DELETE', path: '/Users/nobody' }, '404');
    await refused({ method: 'DELETE', path: ship, version: 'W/"9"' }, '412');
    await refused(patch(ship, { op: 'add', path: 'members', value: [{ value: idOf(standing) }] }), '400'); // removed by then
    await refused({ method: 'GET', path: '/Users' }, '400');
  });

  it('is never half done beside others who write the same, and loses nothing of theirs', async () => {
    const shared = await make('/Groups', { displayName: 'Shared' });
    const counter = await make('/Users', { userName: 'counter@race.example' });
    const writers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => make('/Users', { userName: `writer-${n}@race.example` })),
    );
    const others = writers.map((writer) =>
      untilTaken(() =>
        scim('PATCH', shared, {
          schemas: [patchOp],
          Operations: [{ op: 'add', path: 'members', value: [{ value: idOf(writer) }] }],
        }),
      ),
    );
    const batches = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        untilTaken(() =>
          bulk(
            user('u', `batch-${n % 3}@race.example`),
            patch(shared, { op: 'add', path: 'members', value: [{ value: 'bulkId:u' }] }),
            patch(counter, {
              op: 'add',
              path: 'emails',
              value: [{ value: `batch-${n % 3}@race.example`, type: `t${n}` }],
            }),
          ),
        ),
      ),
    );
    for (const { status } of await Promise.all(others)) expect(status).to.be.oneOf([200, 204]);
    // Two batches want each name: one has it, and nothing of the other is there.
    const done = batches.filter((answer) => answer.status === 200 && statuses(answer).join() === '201,200,200');
    const refused = batches.filter((answer) => answer.status === 200 && statuses(answer).join() === '409,424,424');
    expect([done.length, refused.length], JSON.stringify(batches.map(({ body }) => body))).to.deep.equal([3, 3]);
    expect(await membersOf(shared)).to.deep.equal(
      [...writers.map(idOf), ...done.map((answer) => idOf(paths(answer)[0]))].sort(),
    );
    const { body } = await scim('GET', counter);
    expect(body.emails.map(({ value }: { value: string }) => value).sort()).to.deep.equal([
      'batch-0@race.example',
      'batch-1@race.example',
      'batch-2@race.example',
    ]);
    expect(body.meta.version).to.equal('W/"4"');
  });

  it('is answered as the first time when it is repeated with its Idempotency-Key, and does nothing then', async () => {
    const leaver = await make('/Users', { userName: 'leaver@again.example' });
    const crew = await make('/Groups', { displayName: 'Again', members: [{ value: idOf(leaver) }] });
    const heir = user('heir', 'leaver@again.example', { password: 'correct horse battery staple' });
    const batch = (...more: object[]) => ({
      schemas: [bulkRequest],
      allOrNothing: true,
      Operations: [
        { method: 'DELETE', path: leaver },
        heir,
        patch(crew, { op: 'add', path: 'members', value: [{ value: 'bulkId:heir' }] }),
        ...more,
      ],
    });
    const send = (body: object, key: string): Promise<ScimAnswer> =>
      scim('POST', '/Bulk', body, { 'idempotency-key': key });
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => send(batch(), 'handover-1')));
    expect(statuses(first!)).to.deep.equal(['204', '201', '200']);
    await scim('PATCH', crew, {
      schemas: [patchOp],
      Operations: [{ op: 'replace', path: 'displayName', value: 'Since then' }],
    });
    const { body: since } = await scim('GET', crew);
    for (const again of [...others, await send(batch(), 'handover-1')]) expect(again.body).to.deep.equal(first!.body);
    expect((await scim('GET', crew)).body)
      .to.deep.equal(since)
      .and.include({ displayName: 'Since then' });
    expect((await send(batch({ method: 'DELETE', path: crew }), 'handover-1')).status).to.equal(422);
    expect(statuses(await send(batch(), 'handover-2'))[0]).to.equal('404');

    // What failed has left nothing, its key neither.
    const late = {
      schemas: [bulkRequest],
      allOrNothing: true,
      Operations: [user('l', 'late@again.example'), { method: 'DELETE', path: '/Users/nobody' }],
    };
    for (const name of ['first', 'second'])
      expect(statuses(await send(late, 'handover-3')), name).to.deep.equal(['424', '404']);
    expect(
      (await scim('GET', '/?count=0&filter=meta.resourceType%20eq%20%22KeptAnswer%22')).body.totalResults,
    ).to.equal(0);
  });
});

/** Repeats a call that is told to come back (503, Retry-After), as clients do. */
async function untilTaken<Answer extends { readonly status: number }>(call: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await call();
    if (answer.status !== 503 || attempt === 10) return answer;
  }
}
