import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { latchkey } from '../support/command-line.ts';
import { eventually, launch } from '../support/launch.ts';
import { bothStores, type Place } from '../support/served-stores.ts';

const onboarding = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

describe('latchkey migrate --from sqlite --to mongo', function () {
  this.timeout(180_000);
  const key = randomBytes(32).toString('base64');
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-migrate-'));
  let place: Place | undefined;
  before(async function () {
    place = await bothStores[1][1]();
    if (place === undefined) this.skip();
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await place?.leave();
  });

  it('copies everything, and a server on MongoDB goes on where the one on SQLite stopped', async () => {
    const environment = { LATCHKEY_DATA_DIR: folder, LATCHKEY_KEY: key };
    const target = { ...environment, ...place!.environment };
    let server = await launch(environment);
    const people: string[] = [];
    for (const name of ['ana', 'bo', 'cy']) {
      const { body } = await server.scim('POST', '/Users', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: `${name}@harbour.example`,
        externalId: `E-${name}`,
        emails: [{ value: `${name}@harbour.example`, primary: true }],
        [onboarding]: { preRegistration: true },
      });
      people.push(body.id);
    }
    const group = await server.scim('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Crew',
      members: people.slice(0, 2).map((value) => ({ value })),
    });
    const link = await eventually('the mail', async () =>
      (await server.mails()).map(({ text }) => /http\S+set-password\?token=\S+/.exec(text)?.[0]).find(Boolean),
    );
    const mailed = await eventually('the other mails', async () => (await server.mails()).length >= 3 && 3);
    await server.scim('DELETE', `/Users/${people[2]}`);
    const running = await latchkey(target, ['migrate', '--from', 'sqlite', '--to', 'mongo']);
    expect(running.code).to.equal(1);
    expect(running.stderr).to.match(/in use/);
    expect(await server.end('SIGTERM')).to.equal(0);

    const migrated = await latchkey(target, ['migrate', '--from', 'sqlite', '--to', 'mongo', '--json']);
    expect(migrated.code, migrated.stderr + migrated.stdout).to.equal(0);
    expect(migrated.json.same).to.equal(true);
    const count = (part: string) => migrated.json.parts.find((one: { part: string }) => one.part === part).target;
    expect(count('records')).to.be.greaterThan(2);
    expect(count('memberships')).to.equal(2);
    expect(count('deliveries')).to.be.greaterThan(1);
    expect(count('audit')).to.be.greaterThan(4);
    const again = await latchkey(target, ['migrate', '--from', 'sqlite', '--to', 'mongo', '--json']);
    expect(again.json, again.stderr).to.deep.equal(migrated.json);

    server = await launch(target);
    try {
      const { body } = await server.scim('GET', `/Users?filter=${encodeURIComponent('externalId eq "E-ana"')}`);
      expect(body.Resources.map(({ id }: { id: string }) => id)).to.deep.equal([people[0]]);
      const [inGroup] = body.Resources[0].groups;
      expect(inGroup).to.deep.include({ value: group.body.id, display: 'Crew', type: 'direct' });
      const taken = await server.scim('POST', '/Users', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: 'BO@harbour.example',
      });
      expect(taken.status).to.equal(409);
      expect(await server.mails(), 'nothing is mailed twice').to.have.length(mailed);
      const page = await fetch(link.replace(/^https?:\/\/[^/]+/, server.url));
      expect(page.status).to.equal(200);
      const restored = await server.scim('PATCH', `/Users/${people[0]}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'title', value: 'Mate' }],
      });
      expect(restored.body.title).to.equal('Mate');
    } finally {
      expect(await server.end('SIGTERM')).to.equal(0);
    }
    const audit = await latchkey(target, ['audit', 'verify', '--json']);
    expect(audit.code, audit.stderr + audit.stdout).to.equal(0);
  });
});
