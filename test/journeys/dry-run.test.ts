import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually, launch, type Launched } from '../support/launch.ts';

const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const dryRun = 'urn:ietf:params:scim:api:messages:latchkey:2.0:DryRun';
const user = (userName: string, more = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName,
  preferredLanguage: 'de',
  emails: [{ value: `${userName}@mail.example`, primary: true }],
  [latchkey]: { preRegistration: true },
  ...more,
});

describe('dry runs over HTTP', function dryRuns() {
  this.timeout(60_000);
  let folder: string;
  let server: Launched;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-dry-'));
    server = await launch({ LATCHKEY_DATA_DIR: folder });
  });
  after(async () => {
    await server.end('SIGTERM');
    rmSync(folder, { recursive: true });
  });

  it('answers a create with what would be stored and the mail in words, and stores and sends nothing', async () => {
    const { status, headers, body } = await server.scim('POST', '/Users?dryRun=true', user('ines', { nonsense: 1 }), {
      prefer: 'return=minimal',
    });
    expect(status).to.equal(200);
    expect([headers.get('location'), headers.get('etag')]).to.deep.equal([null, null]);
    expect(body).to.include({ userName: 'ines' });
    expect(body.schemas).to.include(dryRun);
    expect(body[latchkey]).to.include({ status: 'queued', locked: true });
    const [mail] = body[dryRun].deliveries;
    expect(mail).to.include({
      channel: 'email',
      template: 'invitation',
      to: 'ines@mail.example',
      subject: 'Legen Sie Ihr Passwort für Latchkey fest',
    });
    expect(mail.text).to.include(`${server.url}/set-password?token=••••••••`);
    expect(body[dryRun].rules.map((rule: string) => rule.split(':')[0])).to.include.members([
      'unknownAttributes',
      'preRegistration',
    ]);
    expect((await server.scim('GET', '/Users?filter=userName eq "ines"')).body.totalResults).to.equal(0);
    expect(await server.mails()).to.deep.equal([]);
  });

  it('answers PUT, PATCH, DELETE and Bulk alike', async () => {
    const {
      body: { id },
    } = await server.scim('POST', '/Users', user('uma'));
    await eventually('the invitation', async () => (await server.mails()).length === 1);
    const settled = await eventually('the report', async () => {
      const { headers, body } = await server.scim('GET', `/Users/${id}`);
      return body[latchkey].status === 'invited' && headers.get('etag');
    });
    const patch = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    };
    const patched = await server.scim('PATCH', `/Users/${id}?dryRun=true`, patch);
    expect(patched.body).to.include({ active: false });
    expect(patched.body[dryRun].rules.join()).to.include('dialect: ').and.include('cancelled: ');
    const replaced = await server.scim('PUT', `/Users/${id}?dryRun=true`, user('uma', { displayName: 'Uma' }));
    expect(replaced.body).to.include({ displayName: 'Uma' });
    expect(replaced.body[dryRun].deliveries).to.deep.equal([]);
    const removed = await server.scim('DELETE', `/Users/${id}?dryRun=true`);
    expect([removed.status, removed.body[dryRun].deliveries]).to.deep.equal([200, []]);
    const bulk = await server.scim('POST', '/Bulk?dryRun=true', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: user('zoe') },
        { method: 'DELETE', path: `/Users/${id}` },
        { method: 'POST', path: '/Users', bulkId: 'b', data: user('uma') },
      ],
    });
    expect(bulk.body.Operations.map((one: { status: string }) => one.status)).to.deep.equal(['200', '200', '409']);
    expect(bulk.body.Operations[0].response.deliveries[0].to).to.equal('zoe@mail.example');
    const { headers, body } = await server.scim('GET', `/Users/${id}`);
    expect([headers.get('etag'), body.active ?? true, body.displayName]).to.deep.equal([settled, true, undefined]);
    expect((await server.scim('GET', '/Users')).body.totalResults).to.equal(1);
    expect(await server.mails()).to.have.lengthOf(1);
  });

  it('does nothing for a caller whose wish for a dry run cannot be read, in any verb', async () => {
    const { body: kept } = await server.scim('POST', '/Users', user('tried', {}));
    for (const query of [
      'dryRun=1',
      'dryRun=',
      'dryRun',
      'dryRun=yes',
      'dryRun=on',
      'dryrun=1',
      'dryRun=false&dryRun=true',
      'dryRun=true&dryRun=true',
      'DRYRUN=no',
    ])
      for (const [method, path, sent] of [
        ['POST', '/Users', user('never-made', {})],
        ['PUT', `/Users/${kept.id}`, user('renamed', {})],
        [
          'PATCH',
          `/Users/${kept.id}`,
          {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
            Operations: [{ op: 'replace', path: 'userName', value: 'renamed' }],
          },
        ],
        ['DELETE', `/Users/${kept.id}`, undefined],
        [
          'POST',
          '/Bulk',
          {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
            Operations: [{ method: 'DELETE', path: `/Users/${kept.id}` }],
          },
        ],
      ] as const) {
        const { status, body } = await server.scim(method, `${path}?${query}`, sent);
        expect(status, `${method} ${path} ${query}`).to.equal(400);
        expect(body).to.include({ scimType: 'invalidValue' });
        expect(body.detail).to.include('dryRun');
      }
    const trial = await server.scim('DELETE', `/Users/${kept.id}?dryrun=TRUE`);
    expect(trial.status).to.equal(200);
    expect((await server.scim('GET', `/Users/${kept.id}`)).body.userName).to.equal(kept.userName);
    const found = await server.scim(
      'GET',
      '/Users?filter=userName%20sw%20%22never%22%20or%20userName%20sw%20%22renamed%22',
    );
    expect(found.body.totalResults).to.equal(0);
  });
});
