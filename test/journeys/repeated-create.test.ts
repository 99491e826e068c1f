import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { launch } from '../support/launch.ts';

const user = (userName: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName,
  password: 'correct horse battery staple',
  emails: [{ value: userName }],
  'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User': { sendPassword: true },
});

describe('a create that is repeated with its Idempotency-Key', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-repeated-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('makes one user, before and after a crash, and a new one once the first is removed', async function () {
    this.timeout(60_000);
    const key = { 'idempotency-key': 'onboarding-2031-05-06/17' };
    const first = await launch({ LATCHKEY_DATA_DIR: folder });
    const created = await Promise.all(
      Array.from({ length: 20 }, () => first.scim('POST', '/Users', user('ines@acme.example'), key)),
    );
    await first.end('SIGKILL');
    expect(new Set(created.map(({ status }) => status))).to.deep.equal(new Set([201]));
    expect(new Set(created.map(({ body }) => body.id)).size).to.equal(1);
    const { id } = created[0]?.body ?? {};

    const second = await launch({ LATCHKEY_DATA_DIR: folder });
    try {
      const again = await second.scim('POST', '/Users', user('ines@acme.example'), key);
      expect([again.status, again.body.id, again.headers.get('location')]).to.deep.equal([
        201,
        id,
        `${second.url}/scim/v2/Users/${id}`,
      ]);
      expect((await second.scim('POST', '/Users', user('ida@acme.example'), key)).status).to.equal(422);
      expect(
        (
          await second.scim(
            'POST',
            '/Users',
            { ...user('ines@acme.example'), password: 'another password for her' },
            key,
          )
        ).status,
      ).to.equal(422);
      expect(
        (await second.scim('POST', '/Users', user('ines@acme.example'), { 'idempotency-key': 'another' })).status,
      ).to.equal(409);
      expect((await second.scim('GET', '/Users?count=0')).body.totalResults).to.equal(1);

      const bulk = () =>
        second.scim(
          'POST',
          '/Bulk',
          {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
            Operations: [
              {
                method: 'POST',
                path: '/Groups',
                bulkId: 'g',
                data: {
                  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
                  displayName: 'Crew',
                  members: [{ value: 'bulkId:u' }],
                },
              },
              { method: 'POST', path: '/Users', bulkId: 'u', data: user('ivo@acme.example') },
            ],
          },
          { 'idempotency-key': 'import-7' },
        );
      const [imported, repeated] = [await bulk(), await bulk()];
      expect(imported.body.Operations.map(({ status }: any) => status)).to.deep.equal(['201', '201']);
      const places = (answer: typeof imported) => answer.body.Operations.map(({ location }: any) => location);
      expect(places(repeated)).to.deep.equal(places(imported));
      expect((await second.scim('GET', '/Groups?count=0')).body.totalResults).to.equal(1);

      expect((await second.scim('DELETE', `/Users/${id}`)).status).to.equal(204);
      const anew = await second.scim('POST', '/Users', user('ines@acme.example'), key);
      expect(anew.status).to.equal(201);
      expect(anew.body.id).not.to.equal(id);
    } finally {
      expect(await second.end('SIGTERM')).to.equal(0);
    }
  });
});
