import { expect } from 'chai';
import { eventually } from '../support/launch.ts';
import { describeOnBothStores } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

describeOnBothStores('the audit over SCIM', {}, (served) => {
  const call = (...parts: Parameters<ReturnType<typeof served>['scim']>) => served().scim(...parts);
  const events = async (query: string): Promise<any[]> => (await call('GET', `/AuditEvents?${query}`)).body.Resources;
  /** What is told of a resource; on MongoDB its first event may come a moment after its write. */
  const about = (id: string): Promise<any[]> =>
    eventually('an event', async () => {
      const found = await events(`filter=${encodeURIComponent(`target.id eq "${id}"`)}`);
      return found.length > 0 && found;
    });
  let id = '';
  let made = '';

  before(async () => {
    const created = await call('POST', '/Users', {
      schemas: [user],
      userName: 'ines@acme.example',
      name: { givenName: 'Ines' },
      emails: [{ value: 'ines@acme.example', type: 'work' }],
      password: 'never to be seen again',
      active: true,
    });
    id = created.body.id;
    made = created.headers.get('x-request-id') ?? '';
  });

  it('tells of a create: who, from where, by which call, what it made, and never a secret', async () => {
    const [event] = await about(id);
    expect(event).to.deep.include({
      type: 'user.created',
      requestId: made,
      target: { type: 'User', id, name: 'ines@acme.example', version: 1 },
      outcome: 'done',
    });
    expect(event.actor).to.include({ kind: 'client', name: 'environment' });
    expect(event.address).to.match(/127\.0\.0\.1|::1/);
    expect(event.changes).to.deep.include.members([
      { path: 'userName', after: 'ines@acme.example' },
      { path: 'name.givenName', after: 'Ines' },
      { path: 'active', after: 'true' },
      { path: 'password' },
    ]);
    expect(JSON.stringify(event)).to.not.include('never to be seen');
    expect(event.meta).to.deep.include({ resourceType: 'AuditEvent' });
  });

  it('tells before and after of PATCH and PUT, with the dialect rules, and of members by id', async () => {
    await call('PATCH', `/Users/${id}`, {
      schemas: [patchOp],
      Operations: [{ op: 'Replace', path: 'name.givenName', value: 'Inés' }],
    });
    const [, patched] = await about(id);
    expect(patched.changes).to.deep.equal([{ path: 'name.givenName', before: 'Ines', after: 'Inés' }]);
    expect(patched.rules).to.include('capitalisedOp');
    const made = await call('POST', '/Groups', { schemas: [group], displayName: 'Crew', members: [{ value: id }] });
    const [created] = await about(made.body.id);
    expect(created.changes).to.deep.include.members([
      { path: 'displayName', after: 'Crew' },
      { path: 'members', after: id },
    ]);
  });

  it('leads from a call to what changed and which mail, and back, in two steps', async () => {
    const admin = async (path: string): Promise<any> => {
      const headers = { authorization: `Bearer ${served().token('auto')}` };
      const answer = await fetch(`${served().url}${path}`, { headers });
      expect(answer.status, path).to.equal(200);
      return answer.json();
    };
    const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
    const body = {
      schemas: [user, latchkey],
      userName: 'zoe@acme.example',
      emails: [{ value: 'zoe@acme.example', type: 'work' }],
      [latchkey]: { preRegistration: true },
    };
    const invited = await call('POST', '/Users', body);
    const requestId = invited.headers.get('x-request-id') ?? '';
    const timeline = await eventually('the mail', async () => {
      const { deliveries } = await admin(`/admin/v1/users/${invited.body.id}/onboarding`);
      return deliveries.length > 0 && deliveries;
    });
    // From the call to its events, and to the mail.
    const request = await admin(`/admin/v1/requests/${requestId}`);
    expect(request.events.map(({ type }: any) => type)).to.include.members(['user.created', 'invitation.requested']);
    const [mail] = request.events.flatMap(({ deliveries }: any) => deliveries);
    expect(mail).to.equal(timeline[0].id);
    expect((await admin(`/admin/v1/deliveries/${mail}/message`)).delivery ?? {}).to.be.an('object');
    // From the mail to its event, and to the call.
    const told = await admin(`/admin/v1/audit/events/${timeline[0].eventId}`);
    expect(told.event).to.deep.include({ type: 'invitation.requested', requestId });
    expect(told.event.actor).to.include({ kind: 'client', name: 'environment' });
    expect(told.event.actor.credential).to.be.a('string').and.not.equal('');
    expect(told.request).to.include({ id: requestId, method: 'POST', path: '/Users', status: 201 });
    expect(told.deliveries.map((one: any) => one.id)).to.deep.equal([mail]);
  });

  it('feeds what has changed since a cursor: small, in order, with what was deleted', async () => {
    const start = (await call('GET', '/.changes?cursor=now')).body;
    expect(start).to.deep.include({ changes: [], more: false });
    const made = await call('POST', '/Users', { schemas: [user], userName: 'feed@acme.example' });
    const at = `/Users/${made.body.id}`;
    await call('PATCH', at, { schemas: [patchOp], Operations: [{ op: 'replace', path: 'title', value: 'Engineer' }] });
    await call('DELETE', at);
    const changes: any[] = [];
    let cursor = start.nextCursor;
    const fed = await eventually('the deletion', async () => {
      const page = await call('GET', `/.changes?count=2&cursor=${cursor}`);
      expect(page.status, JSON.stringify(page.body)).to.equal(200);
      changes.push(...page.body.changes.filter(({ id: about }: any) => about === made.body.id));
      cursor = page.body.nextCursor;
      return changes.some(({ operation }) => operation === 'deleted') && changes;
    });
    expect(fed.map(({ operation, version }) => [operation, version])).to.deep.equal([
      ['created', 'W/"1"'],
      ['changed', 'W/"2"'],
      ['deleted', 'W/"3"'],
    ]);
    expect(Object.keys(fed[0]).sort()).to.deep.equal(['at', 'id', 'operation', 'resourceType', 'seq', 'version']);
    expect(JSON.stringify(fed)).to.not.include('acme.example');
    const whole = (await call('GET', '/.changes')).body.changes;
    expect(whole.map(({ seq }: any) => seq)).to.deep.equal(
      whole.map(({ seq }: any) => seq).sort((a: number, b: number) => a - b),
    );
    const wrong = await call('GET', '/.changes?cursor=nonsense');
    expect([wrong.status, wrong.body.scimType]).to.deep.equal([400, 'invalidCursor']);
    expect((await call('GET', '/.changes?count=none')).body.scimType).to.equal('invalidCount');
    expect((await call('POST', '/.changes', {})).status).to.equal(405);
  });

  it('is taken away as a file with a signed receipt, which is an event too', async () => {
    const headers = { authorization: `Bearer ${served().token('auto')}` };
    const answer = await fetch(`${served().url}/admin/v1/audit/export`, { headers });
    const lines = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).to.have.nested.property('export.tenant', 'default');
    const { receipt } = lines.at(-1);
    expect(receipt).to.include({ entries: lines.length - 2, first: 1, last: lines.length - 2 });
    expect(receipt.checkpoint).to.include(`/audit/default\n${receipt.last}\n`);
    expect(lines.at(-2).event.hash).to.equal(receipt.hash);
    const [exported] = await events(`filter=${encodeURIComponent('type eq "audit.exported"')}`);
    expect(exported.actor).to.include({ name: 'environment' });
    const writer = { authorization: `Bearer ${served().token('writer')}` };
    expect((await fetch(`${served().url}/admin/v1/audit/export`, { headers: writer })).status).to.equal(403);
  });

  it('chains events, and reads of the audit are among them', async () => {
    const all = await events('count=100');
    expect(all.map(({ seq }) => seq)).to.deep.equal(all.map((_, index) => index + 1));
    expect(all.slice(1).map(({ prev }) => prev)).to.deep.equal(all.slice(0, -1).map(({ hash }) => hash));
    const reads = await events(`filter=${encodeURIComponent('type eq "audit.read"')}`);
    expect(reads.length).to.be.at.least(3);
    expect(reads[0].actor).to.include({ kind: 'client', name: 'environment' });
  });

  it('sorts, pages by cursor and reads one', async () => {
    const query = 'sortBy=at&sortOrder=descending&count=2&cursor=';
    const first = await call('GET', `/AuditEvents?${query}`);
    const second = await call('GET', `/AuditEvents?${query}${encodeURIComponent(first.body.nextCursor)}`);
    const both = [...first.body.Resources, ...second.body.Resources];
    expect(both.map(({ at }) => at)).to.deep.equal([...both.map(({ at }) => at)].sort().reverse());
    expect(new Set(both.map((event) => event.id)).size).to.equal(4);
    const one = await call('GET', `/AuditEvents/${both[3].id}`);
    expect(one.body).to.deep.include({ id: both[3].id, hash: both[3].hash });
    expect((await call('GET', '/AuditEvents/none')).status).to.equal(404);
  });

  it('is only read: by GET and by search, not at the root', async () => {
    for (const [method, path] of [
      ['POST', '/AuditEvents'],
      ['PUT', `/AuditEvents/${id}`],
      ['PATCH', `/AuditEvents/${id}`],
      ['DELETE', `/AuditEvents/${id}`],
    ] as const) {
      const answer = await call(method, path, method === 'DELETE' ? undefined : { schemas: [] });
      expect(answer.status, method).to.equal(405);
      expect(answer.headers.get('allow')).to.equal('GET, HEAD');
    }
    const bulk = await call('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [{ method: 'DELETE', path: `/AuditEvents/${id}` }],
    });
    expect(bulk.body.Operations[0].status).to.equal('405');
    const found = await call('POST', '/AuditEvents/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'actor.name eq "ENVIRONMENT" and changes.path eq "displayName"',
    });
    expect(found.body.totalResults).to.equal(1);
    const root = await call('GET', '/?count=1000');
    expect(root.body.Resources.map((one: any) => one.meta.resourceType)).to.not.include('AuditEvent');
    const types = (await call('GET', '/ResourceTypes')).body.Resources.map((one: any) => one.id);
    expect(types).to.include('AuditEvent');
    expect((await call('GET', '/Schemas')).body.Resources.map((one: any) => one.id)).to.include(
      'urn:ietf:params:scim:schemas:latchkey:2.0:AuditEvent',
    );
  });

  it('tells of what was refused, and of changes to clients and their credentials without their secrets', async () => {
    const refused = await call('POST', '/Users', { schemas: [user], userName: 'ines@acme.example' });
    expect(refused.status).to.equal(409);
    const event = (await events(`filter=${encodeURIComponent('outcome eq "refused"')}`)).at(-1);
    expect(event).to.deep.include({ type: 'request.refused', requestId: refused.headers.get('x-request-id') });
    expect(event.actor).to.include({ name: 'environment' });
    expect(event.reason).to.include('userName');
    const okta = { authorization: `Bearer ${served().token('okta')}` };
    const { body: group } = await served().scim('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Pilots',
    });
    const push = await served().scim(
      'PATCH',
      `/Groups/${group.id}`,
      {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'add', path: 'members', value: [{ value: 'stale-1' }] }],
      },
      okta,
    );
    expect(push.status).to.equal(204);
    const skipped = (
      await events(`filter=${encodeURIComponent(`target.id eq "${group.id}" and outcome eq "refused"`)}`)
    ).at(-1);
    expect(skipped).to.deep.include({ requestId: push.headers.get('x-request-id') });
    expect(skipped.reason).to.equal('These members do not exist and were skipped: "stale-1".');
    const clients = await events(`filter=${encodeURIComponent('target.type eq "Client"')}`);
    expect(clients.map(({ type }) => type)).to.include('configuration.created');
    const credentials = await events(`filter=${encodeURIComponent('target.type eq "Credential"')}`);
    expect(credentials.flatMap(({ changes }) => changes)).to.deep.include({ path: 'hash' });
  });
});
