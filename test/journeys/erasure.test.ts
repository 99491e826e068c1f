import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { everythingKept } from '../support/everything-kept.ts';
import { eventually } from '../support/launch.ts';
import { describeOnBothStores, type Served } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const renamed = { op: 'replace', path: 'displayName', value: 'Quetzalina Z. Zworykinova' };

/** Every value of the person: none may be anywhere afterwards. */
const theirs = [
  'quetzalina@acme.example',
  'quetzalina.old@acme.example',
  'zworykinova@private.example',
  'HR-77812-Q',
  'Quetzalina',
  'Zworykinova',
  'Chief Zymurgist',
  '+49 170 5550199',
  '491705550199',
  'Blausternweg 17',
  'QZ-4711-EMP',
];

describeOnBothStores('a person is erased', { LATCHKEY_WEBHOOK_HOSTS: '127.0.0.1' }, (served) => {
  const call = (...parts: Parameters<Served['scim']>) => served().scim(...parts);
  const admin = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> => {
    const answer = await fetch(`${served().url}${path}`, {
      method,
      headers: { authorization: `Bearer ${served().token('auto')}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const events = async (filter: string): Promise<any[]> =>
    (await call('GET', `/AuditEvents?count=200&filter=${encodeURIComponent(filter)}`)).body.Resources;

  const found = async (values: readonly string[]): Promise<readonly string[]> => {
    const text = (await everythingKept(served())).toLowerCase();
    const forms = (value: string) => [value, Buffer.from(value).toString('latin1'), encodeURIComponent(value)];
    return values.filter((value) => forms(value).some((form) => text.includes(form.toLowerCase())));
  };

  let id = '';
  let other = '';
  let batch = '';
  let receiver: Server;
  /** What other systems are told; they are away until the person is erased. */
  const told: string[] = [];
  let isAway = true;

  /** A webhook that tells values, and a stream of each kind: all of them have something still to tell. */
  const connect = async (): Promise<void> => {
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (!isAway) told.push(body);
        response.writeHead(isAway ? 503 : 204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const { body } = await admin('GET', '/admin/v1/clients');
    for (const order of [
      { id: 'crm', url, attributes: ['userName', 'name.familyName', 'phoneNumbers'] },
      { id: 'siem', kind: 'siem', url },
      { id: 'push', kind: 'push', url },
      { id: 'poll', kind: 'poll', client: body.clients.find(({ name }: any) => name === 'environment').id },
    ])
      expect((await admin('POST', '/admin/v1/webhooks', order)).status, order.id).to.equal(201);
    expect((await admin('POST', '/admin/v1/webhooks/siem/pause', {})).status).to.equal(200);
  };
  /** Answered before it is done; its results wait for the client to fetch them. */
  const sendLater = async (): Promise<void> => {
    const answered = await call(
      'POST',
      '/Bulk',
      {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [
          {
            method: 'POST',
            path: '/Users',
            bulkId: 'q',
            data: { schemas: [user], userName: 'quetzalina@acme.example' },
          },
          { method: 'PATCH', path: `/Users/${id}`, data: { schemas: [patchOp], Operations: [renamed] } },
        ],
      },
      { prefer: 'respond-async' },
    );
    expect(answered.status).to.equal(202);
  };

  after(() => receiver?.close());
  before(async function () {
    this.timeout(120_000);
    await connect();
    const set = await admin('PATCH', '/admin/v1/settings', { requestLog: { bodies: true } });
    expect(set.status, JSON.stringify(set.body)).to.equal(200);
    const created = await call('POST', '/Users', {
      schemas: [user, enterprise, latchkey],
      userName: 'quetzalina.old@acme.example',
      externalId: 'HR-77812-Q',
      name: { givenName: 'Quetzalina', familyName: 'Zworykinova' },
      displayName: 'Quetzalina Zworykinova',
      title: 'Chief Zymurgist',
      emails: [{ value: 'quetzalina.old@acme.example', type: 'work' }],
      phoneNumbers: [{ value: '+49 170 5550199', type: 'mobile' }],
      addresses: [{ streetAddress: 'Blausternweg 17', locality: 'Kiel', type: 'home' }],
      [enterprise]: { employeeNumber: 'QZ-4711-EMP', department: 'Brewing' },
      [latchkey]: { preRegistration: true, notificationEmail: 'zworykinova@private.example' },
    });
    expect(created.status, JSON.stringify(created.body)).to.equal(201);
    id = created.body.id;
    other = (
      await call('POST', '/Users', {
        schemas: [user, enterprise],
        userName: 'max@acme.example',
        [enterprise]: { manager: { value: id, displayName: 'Quetzalina Zworykinova' } },
      })
    ).body.id;
    await call('POST', '/Groups', {
      schemas: [group],
      displayName: 'Brewers',
      members: [{ value: id, display: 'Quetzalina Zworykinova' }, { value: other }],
    });
    await call('PATCH', `/Users/${id}`, {
      schemas: [patchOp],
      Operations: [
        { op: 'replace', path: 'userName', value: 'quetzalina@acme.example' },
        { op: 'replace', path: 'emails', value: [{ value: 'quetzalina@acme.example', type: 'work' }] },
      ],
    });
    // Refused, looked up by name, and by a percent-encoded filter.
    expect((await call('POST', '/Users', { schemas: [user], userName: 'QUETZALINA@acme.example' })).status).to.equal(
      409,
    );
    await call('GET', `/Users?filter=${encodeURIComponent('userName eq "quetzalina@acme.example"')}`);
    await call('GET', `/Users?filter=${encodeURIComponent('name.familyName eq "Zworykinova"')}`);
    await call('GET', '/Users/quetzalina@acme.example');
    await call('DELETE', '/Users/quetzalina@acme.example');
    await call('GET', '/AuditEvents/quetzalina@acme.example');
    await call('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: { schemas: [user], userName: 'quetzalina@acme.example' } },
      ],
    });
    await sendLater();
    // A file with a row of theirs that is refused, and one of somebody else.
    const content = [
      'userName,givenName,familyName,email,title',
      'quetzalina@acme.example,Quetzalina,Zworykinova,not an address,Chief Zymurgist',
      'otto@acme.example,Otto,Maier,otto@acme.example,Chief Zymurgist',
    ].join('\n');
    const made = await admin('POST', '/admin/v1/imports', { name: 'people.csv', content, invite: false });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    batch = made.body.id;
    await eventually('a captured mail', async () => {
      const answer = await fetch(`${served().url}/dev/mailbox.json`);
      return ((await answer.json()) as any[]).some(({ to }) => /zworykinova|quetzalina/.test(to));
    });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await found(theirs), 'before').to.deep.equal(theirs);
  });

  it('says first what would be erased, and does nothing', async () => {
    const { status, body } = await admin('POST', `/admin/v1/users/${id}/erase?dryRun=true`);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body.plan).to.include({ id, person: 'present' });
    expect(body.plan.events).to.be.at.least(2);
    expect((await call('GET', `/Users/${id}`)).status).to.equal(200);
    expect((await admin('GET', `/admin/v1/users/${id}/erase`)).status).to.equal(404);
  });

  it('leaves none of their values in the database, and all of everybody else', async function () {
    this.timeout(60_000);
    const { status, body } = await admin('POST', `/admin/v1/users/${id}/erase`);
    expect(status, JSON.stringify(body)).to.be.oneOf([200, 202]);
    const done = await eventually('the end of the erasure', async () => {
      const answer = await admin('GET', `/admin/v1/users/${id}/erase`);
      return answer.body.state === 'done' && answer.body;
    });
    expect(done.erased).to.include({ reports: 1 });
    expect(done.erased.events, JSON.stringify(done)).to.be.at.least(4);
    // What another person bears too is not theirs.
    expect(await found(theirs.filter((value) => value !== 'Chief Zymurgist'))).to.deep.equal([]);
    const logged = served().output().toLowerCase();
    expect(theirs.filter((value) => logged.includes(value.toLowerCase()))).to.deep.equal([]);
    expect(await found(['otto@acme.example', 'max@acme.example'])).to.have.length(2);
    expect((await call('GET', `/Users/${id}`)).status).to.equal(404);
    const left = (await call('GET', `/Users/${other}`)).body;
    expect(left.userName).to.equal('max@acme.example');
    expect(left[enterprise]?.manager).to.equal(undefined);
    expect((await admin('GET', `/admin/v1/imports/${batch}`)).status).to.equal(200);
  });

  it('keeps the events in their places without values, and tells who asked for it', async () => {
    const about = await events(`target.id eq "${id}"`);
    expect(about.length).to.be.at.least(4);
    expect(about.filter(({ type }) => type !== 'user.erased').every(({ erased }) => erased === true)).to.equal(true);
    const [told] = about.filter(({ type }) => type === 'user.erased');
    expect(told.actor).to.include({ kind: 'client', name: 'environment' });
    const all = await events('seq gt 0');
    expect(all.slice(1).map(({ prev }) => prev)).to.deep.equal(all.slice(0, -1).map(({ hash }) => hash));
  });

  it('tells nobody any of their values who was away, nor whom an export or a stream tells now', async function () {
    this.timeout(120_000);
    isAway = false;
    expect((await admin('POST', '/admin/v1/webhooks/siem/resume', {})).status).to.equal(200);
    await eventually('the stream', async () => told.some((body) => body.includes('"user.erased"')), 60);
    const headers = { authorization: `Bearer ${served().token('auto')}`, 'content-type': 'application/json' };
    const asked = { method: 'POST', headers, body: JSON.stringify({ returnImmediately: true, maxEvents: 200 }) };
    const fetched = await fetch(`${served().url}/scim/v2/.feeds/poll`, asked);
    const { sets }: any = await fetched.json();
    const tokens = Object.values<string>(sets).map((one) => JSON.stringify(decodeJwt(one)));
    expect(tokens.length).to.be.greaterThan(0);
    const whole = await (await fetch(`${served().url}/admin/v1/tenants/default/export`, { headers })).text();
    expect(whole).to.include('max@acme.example');
    const feed = JSON.stringify((await call('GET', '/.changes?count=1000')).body);
    const said = [...told, ...tokens, whole, feed].join('\n').toLowerCase();
    const left = theirs.filter((value) => value !== 'Chief Zymurgist' && said.includes(value.toLowerCase()));
    expect(left).to.deep.equal([]);
    await admin('POST', '/admin/v1/audit/verification');
    const ended = async () => {
      const { body } = await admin('GET', '/admin/v1/audit/verification');
      return body.state === 'running' ? undefined : body;
    };
    const view = await eventually('the verification', ended, 60);
    expect([view.state, view.faults]).to.deep.equal(['intact', []]);
  });

  it('finds nothing more to erase the second time, and nobody under an unknown id', async () => {
    const again = await admin('POST', `/admin/v1/users/${id}/erase`);
    expect(again.status).to.be.oneOf([200, 202]);
    expect((await admin('POST', '/admin/v1/users/01935e1a-7c1e-7d3a-9c55-2f6a3c1b8d10/erase')).status).to.equal(404);
  });
});
