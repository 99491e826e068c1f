import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { latchkey, type Commanded } from '../support/command-line.ts';
import { eventually, launch, testToken } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

describe('latchkey where no server runs', function () {
  this.timeout(120_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('makes a client, and the first start still shows the first token', async () => {
    const environment = { LATCHKEY_DATA_DIR: folder, LATCHKEY_TOKEN: '' };
    const made = await latchkey(environment, ['clients', 'add', 'okta', '--profile', 'okta']);
    expect(made.json).to.have.property('token').that.matches(/^lk_/);
    const server = await launch({ ...environment, LATCHKEY_TOKEN: '' });
    try {
      await eventually('the first token', async () => /Bearer token \(shown this once.*\n\s+lk_/.test(server.output()));
      const answer = await server.scim('GET', '/Users', undefined, { authorization: `Bearer ${made.json.token}` });
      expect(answer.status).to.equal(200);
    } finally {
      await server.end('SIGTERM');
    }
  });

  it('sends nothing itself: what it makes waits for the server', async () => {
    const made = await latchkey({ LATCHKEY_DATA_DIR: folder }, ['users', 'create', 'ines@harbour.example']);
    expect(made.code, made.stderr).to.equal(0);
    const server = await launch({ LATCHKEY_DATA_DIR: folder });
    try {
      const answer = await server.scim('GET', `/Users/${made.json.user.id}`);
      expect(answer.body.userName).to.equal('ines@harbour.example');
    } finally {
      await server.end('SIGTERM');
    }
  });
});

describeServed('latchkey beside a server', {}, (served, store) => {
  const run = (words: readonly string[], input?: string): Promise<Commanded> => {
    const { folder, mongodbUri, key } = served();
    const place: Record<string, string> = { LATCHKEY_KEY: key };
    if (folder !== undefined) place['LATCHKEY_DATA_DIR'] = folder;
    if (mongodbUri !== undefined) place['MONGODB_URI'] = mongodbUri;
    return latchkey(place, words, input);
  };

  it('has a socket that its owner alone can use', function () {
    const { folder } = served();
    if (store === 'MongoDB' || folder === undefined) return this.skip();
    expect(statSync(join(folder, 'latchkey.sock')).mode & 0o777).to.equal(0o600);
  });

  it('creates a user, lists and shows them, resets and unlocks', async () => {
    const made = await run(['users', 'create', 'rhea@harbour.example', '--name', 'Rhea Vance']);
    expect(made.code, made.stderr).to.equal(0);
    expect(made.json.user.name).to.deep.equal({ givenName: 'Rhea', familyName: 'Vance' });
    const shown = await run(['users', 'show', 'rhea@harbour.example']);
    expect(shown.json.user.userName).to.equal('rhea@harbour.example');
    const listed = await run(['users', 'list', '--filter', 'userName eq "rhea@harbour.example"']);
    expect(listed.json.totalResults).to.equal(1);
    const reset = await run(
      ['users', 'reset', 'rhea@harbour.example', '--no-send', '--password-stdin'],
      'seven small boats at dawn\n',
    );
    expect(reset.code, reset.stderr).to.equal(0);
    expect(JSON.stringify(reset.json)).not.to.include('seven small boats');
  });

  it('corrects an address, and finds a call of the log again to try it as a dry run', async () => {
    const who = 'typo@harbour.example';
    expect((await run(['settings', 'set', 'requestLog.bodies', 'true'])).json).to.equal(true);
    await run(['users', 'create', who, '--mail', 'tpyo@harbour.example']);
    const corrected = await run(['users', 'address', who, who]);
    expect(corrected.code, corrected.stderr).to.equal(0);
    const found = await served().scim('GET', `/Users?filter=userName%20eq%20%22${who}%22`);
    expect(found.body.Resources[0].emails[0].value).to.equal(who);
    await served().scim('PATCH', `/Users/${found.body.Resources[0].id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'title', value: 'Pilot' }],
    });
    await eventually('the call in the request log', async () => {
      const { json } = await run(['api', 'GET', '/admin/v1/requests?count=20']);
      const call = json.requests.find(({ method }: { method: string }) => method === 'PATCH');
      if (call === undefined) return false;
      const again = await run(['scim', 'replay', call.id]);
      expect(again.code, again.stderr).to.equal(0);
      return true;
    });
  });

  it('lists imports, the newest first', async () => {
    for (const name of ['one', 'two'])
      expect((await run(['import', '-', '--dry-run'], `userName\n${name}@harbour.example\n`)).code).to.equal(0);
    const { imports } = (await run(['import', 'list', '--count', '2'])).json;
    expect(imports.map(({ counts }: { counts: { created: number } }) => counts.created)).to.deep.equal([1, 1]);
    expect(imports[0].createdAt >= imports[1].createdAt).to.equal(true);
  });

  it('does not take one person for another whose user name is an id', async () => {
    const first = await run(['users', 'create', 'dora@harbour.example']);
    const { id } = first.json.user;
    const other = await run(['users', 'create', id, '--mail', 'eve@harbour.example']);
    const refused = await run(['users', 'deactivate', id]);
    expect(refused.code).to.equal(1);
    expect(refused.stderr)
      .to.include('is the id of one user and the userName of another')
      .and.include(other.json.user.id);
    expect((await run(['users', 'deactivate', other.json.user.id])).code).to.equal(0);
  });

  it('tells in one sentence what an operator can mend, and ends with 1', async () => {
    for (const [words, sentence] of [
      [['users', 'show', 'nobody@harbour.example'], /there is no user 'nobody@harbour\.example'/],
      [['users', 'create', 'rhea@harbour.example'], /userName: another User has/],
      [['clients', 'list', '--tenant', 'nowhere'], /./],
      [['scim', 'get', 'Users/nowhere'], /nowhere/],
      [['requeue'], /takes the id of a delivery, or --state/],
      [['requeue', 'nowhere'], /nowhere/],
    ] as const) {
      const { code, stderr } = await run(words);
      expect(code, words.join(' ')).to.equal(1);
      expect(stderr).to.match(sentence);
      expect(stderr).not.to.match(/^\s+at /m);
    }
  });

  it('makes, rotates and revokes credentials', async () => {
    const made = await run(['clients', 'add', 'entra-two', '--profile', 'entra']);
    const [{ id }] = (await run(['credentials', 'list', made.json.id])).json.credentials;
    const rotated = await run(['credentials', 'rotate', made.json.id, id]);
    const call = async (token: string): Promise<number> =>
      (await served().scim('GET', '/Users', undefined, { authorization: `Bearer ${token}` })).status;
    expect(await call(made.json.token)).to.equal(200);
    expect(await call(rotated.json.token)).to.equal(200);
    expect((await run(['credentials', 'revoke', made.json.id, id])).code).to.equal(0);
    expect(await call(made.json.token)).to.equal(401);
  });

  it('makes the calls of the protocol, and reaches a server far away by URL and token', async () => {
    const { url } = served();
    const far = { LATCHKEY_URL: url, LATCHKEY_TOKEN: testToken };
    const found = await latchkey(far, ['scim', 'search', 'Users', 'userName eq "rhea@harbour.example"']);
    const [{ id }] = found.json.Resources;
    const file = join(mkdtempSync(join(tmpdir(), 'latchkey-cli-')), 'patch.json');
    const Operations = [{ op: 'replace', path: 'title', value: 'Pilot' }];
    writeFileSync(file, JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }));
    const patched = await latchkey(far, ['scim', 'patch', `Users/${id}`, file]);
    expect(patched.code, patched.stderr).to.equal(0);
    expect((await latchkey(far, ['scim', 'get', `Users/${id}`])).json.title).to.equal('Pilot');
    const refused = await latchkey({ ...far, LATCHKEY_TOKEN: 'x'.repeat(40) }, ['users', 'list']);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.match(/the token is not known/);
  });
});
