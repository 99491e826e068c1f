import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { Connection } from '../../src/store/sqlite/database/connection.ts';
import { eventually, launch, testToken, type Launched } from '../support/launch.ts';
import { type Place, stores } from '../support/served-stores.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0';

/** Takes from all records what this version of Latchkey finds them by, and the note that it has done so. */
async function makeOlder({ environment }: Place): Promise<void> {
  const uri = environment['MONGODB_URI'];
  if (uri === undefined) {
    const database = new Connection(join(environment['LATCHKEY_DATA_DIR'] ?? '', 'latchkey.db'), { readOnly: false });
    database.execute(`DELETE FROM lookup_keys; UPDATE records SET keys = json_set(keys, '$.lookup', json('[]'));
      DELETE FROM notes WHERE kind = 'reindexing'`);
    database.close();
    return;
  }
  const database = await createConnection(uri).asPromise();
  await database.collection('records').updateMany({}, { $unset: { lookupKeys: '' } });
  await database.collection('notes').deleteMany({ _id: { $regex: '/reindexing/' } as never });
  await database.close();
}

for (const [store, find] of stores) {
  describe(`people and groups that an older Latchkey wrote, on ${store}`, function () {
    this.timeout(120_000);
    let place: Place | undefined;
    let served: Launched | undefined;
    before(async function () {
      place = await find();
      if (place === undefined) this.skip();
    });
    after(async () => {
      await served?.end('SIGTERM');
      await place?.leave();
    });

    it('are in the lists for administrators soon after the upgrade, while it serves', async () => {
      const environment = { ...place!.environment, LATCHKEY_KEY: randomBytes(32).toString('base64') };
      served = await launch(environment);
      const user = (n: number) => ({
        schemas: [`${core}:User`],
        userName: `thordis${n}@harbour.example`,
        name: { givenName: 'Þórdís', familyName: `Number${n}` },
      });
      for (let n = 0; n < 3; n += 1) expect((await served.scim('POST', '/Users', user(n))).status).to.equal(201);
      await served.scim('POST', '/Groups', { schemas: [`${core}:Group`], displayName: 'Pilots' });
      await served.end('SIGTERM');
      await makeOlder(place!);

      served = await launch(environment);
      const { url } = served;
      const listed = async (path: string): Promise<readonly unknown[]> => {
        const answer = await fetch(`${url}/admin/v1/${path}`, { headers: { authorization: `Bearer ${testToken}` } });
        const body = (await answer.json()) as Record<string, unknown>;
        expect(answer.status, JSON.stringify(body)).to.equal(200);
        return Object.values(body).find(Array.isArray) as unknown[];
      };
      await eventually('all people', async () => (await listed('users?q=thord')).length === 3, 30);
      await eventually('people by their state', async () => (await listed('users?state=none')).length === 3, 30);
      await eventually('groups by a word', async () => (await listed('groups?q=pilo')).length === 1, 30);
      expect((await served.scim('GET', '/Users')).body.Resources.map(({ meta }: any) => meta.version)).to.deep.equal([
        'W/"1"',
        'W/"1"',
        'W/"1"',
      ]);
    });
  });
}
