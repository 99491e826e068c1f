import { expect } from 'chai';
import { eventually, testToken, type ScimAnswer } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

describeServed('a user name is the same in messages, at sign-in and among others', {}, (served) => {
  const password = 'seven small boats at dawn';
  let count = 0;
  const next = (): string => `crew${(count += 1)}`;
  const scim = (method: string, path: string, body?: unknown): Promise<ScimAnswer> => served().scim(method, path, body);
  const user = (userName: string, more: object = {}) => ({ userName, emails: [{ value: 'c@x.example' }], ...more });
  const patch = (...Operations: object[]) => ({ schemas: [patchOp], Operations });
  const inBulk = (method: string, path: string, data: object) => ({
    schemas: [bulk],
    Operations: [{ method, path, data, ...(method === 'POST' ? { bulkId: 'one' } : {}) }],
  });
  const made = async (): Promise<string> => (await scim('POST', '/Users', user(next()))).body.id;

  const of = ({ status, body }: ScimAnswer) => ({ status, id: body?.id });
  const ofBulk = ({ body }: ScimAnswer) => ({
    status: Number(body.Operations[0].status),
    id: String(body.Operations[0].location ?? '')
      .split('/')
      .pop(),
  });

  /** Each way to give a user a name: the status, and the id. */
  const ways: readonly [string, (userName: string) => Promise<{ status: number; id?: string }>][] = [
    ['POST', async (name) => of(await scim('POST', '/Users', user(name)))],
    ['POST in Bulk', async (name) => ofBulk(await scim('POST', '/Bulk', inBulk('POST', '/Users', user(name))))],
    ['PUT', async (name) => of(await scim('PUT', `/Users/${await made()}`, user(name)))],
    [
      'PUT in Bulk',
      async (name) => ofBulk(await scim('POST', '/Bulk', inBulk('PUT', `/Users/${await made()}`, user(name)))),
    ],
    ...[{ path: 'userName' }, { path: 'urn:ietf:params:scim:schemas:core:2.0:User:userName' }, {}].map(
      (where): (typeof ways)[number] => [
        `PATCH ${JSON.stringify(where)}`,
        async (name) => {
          const value = 'path' in where ? name : { userName: name };
          return of(await scim('PATCH', `/Users/${await made()}`, patch({ op: 'replace', ...where, value })));
        },
      ],
    ),
    [
      'the admin API',
      async (name) => {
        const answer = await fetch(`${served().url}/admin/v1/users`, {
          method: 'POST',
          headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
          body: JSON.stringify({ user: user(name), password }),
        });
        const body = (await answer.json()) as { user?: { id: string } };
        return { status: answer.status, id: body.user?.id };
      },
    ],
  ];
  for (const [way, write] of ways) {
    it(`${way}: blanks around a name are left out, what cannot be seen is refused`, async () => {
      const name = next();
      const { status, id } = await write(` ${name}  `);
      expect(status).to.be.oneOf([200, 201]);
      expect((await scim('GET', `/Users/${id}`)).body.userName).to.equal(name);
      expect((await scim('POST', '/Users', user(name))).status).to.equal(409);
      expect((await scim('POST', '/Users', user(`${name} `))).status).to.equal(409);
      for (const asked of [name, ` ${name}`, `${name.toUpperCase()}  `]) {
        const found = await scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "${asked}"`)}`);
        expect(found.body.Resources.map((one: { id: string }) => one.id)).to.deep.equal([id]);
      }
      for (const unseen of [`${name}\u200b1`, `${name}\u00ad`, '\u2060', `${name}\u00a0x`])
        expect((await write(unseen)).status).to.equal(400);
    });
  }

  it('every door takes the longest name that a user can have, and a longer one is refused', async () => {
    const longest = `${next()}${'å'.repeat(1024)}`.slice(0, 1024);
    const { status, body } = await scim('POST', '/Users', user(longest, { password }));
    expect(status).to.equal(201);
    const verified = await fetch(`${served().url}/auth/v1/verify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userName: longest, password }),
    });
    expect(await verified.json()).to.include({ result: 'ok' });
    expect((await new PageVisitor(served().url).signIn(longest, password)).status).to.equal(303);
    for (const [way, write] of ways) expect((await write(`${longest}x`)).status, way).to.equal(400);
    expect((await scim('GET', `/Users/${body.id}`)).body.userName).to.equal(longest);
  });

  it('the invited person signs in with the name that the mail tells, doubled blanks too', async () => {
    const name = `${next()}  doubled`;
    const address = `${next()}@mail.example`;
    const body = { userName: ` ${name} `, emails: [{ value: address }], [urn]: { preRegistration: true } };
    await scim('POST', '/Users', body);
    const mail = await eventually('the invitation', async () =>
      (await served().mails()).find(({ to }) => to === address),
    );
    const told = /^User name:\n?\s*(.+)$/m.exec(mail.text)?.[1] ?? '';
    expect(told).to.equal(name);
    const visitor = new PageVisitor(served().url);
    const form = await visitor.open(/https?:\/\/\S+/.exec(mail.text)?.[0] ?? '');
    await visitor.submit(form, { newPassword: password });
    expect((await new PageVisitor(served().url).signIn(told, password)).headers.location).to.include('/signed-in');
  });

  it('a repeated write with blanks around changes nothing', async () => {
    const name = next();
    const { body } = await scim('POST', '/Users', user(` ${name}`));
    const again = await scim('PUT', `/Users/${body.id}`, user(` ${name}`));
    expect(again.body.meta.version).to.equal(body.meta.version);
  });
});
