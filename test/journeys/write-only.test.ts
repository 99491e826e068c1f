import { expect } from 'chai';
import { describeServed } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

describeServed('a client that may write and not read', {}, (served) => {
  const write = (method: string, path: string, body?: unknown) =>
    served().scim(method, path, body, { authorization: `Bearer ${served().token('writer')}` });
  const patch = (path: string, ...Operations: unknown[]) => write('PATCH', path, { schemas: [patchOp], Operations });
  let id = '';

  before(async () => {
    const { body } = await served().scim('POST', '/Users', {
      schemas: [user],
      userName: 'ines@acme.example',
      title: 'Captain',
      name: { givenName: 'Ines', familyName: 'Okoro' },
      emails: [{ value: 'private@home.example', type: 'home' }],
      [latchkey]: { notificationEmail: 'secret@home.example' },
    });
    id = body.id;
  });

  it('is told of a POST what it sent, and nothing that was made of it', async () => {
    const { status, body } = await write('POST', '/Users?attributes=userName,status,active', {
      schemas: [user],
      userName: 'ada@acme.example',
    });
    expect(status).to.equal(201);
    expect(body).to.have.all.keys('schemas', 'id', 'userName');
  });

  it('is told of a PATCH what it sent, with and without a path', async () => {
    for (const operation of [
      { op: 'replace', path: 'displayName', value: 'Ines O.' },
      { op: 'replace', value: { displayName: 'Ines P.' } },
      { op: 'Add', path: 'displayName', value: 'Ines Q.' },
    ]) {
      const { status, body } = await patch(`/Users/${id}`, operation);
      expect(status).to.equal(200);
      expect(body).to.have.all.keys('schemas', 'id', 'meta', 'displayName');
    }
  });

  it('cannot widen the answer by `attributes`, by a filter, or by naming an attribute with another value', async () => {
    const asked = await patch(`/Users/${id}?attributes=emails,title,name`, { op: 'add', path: 'nickName', value: 'I' });
    expect(asked.body).to.have.all.keys('schemas', 'id');
    const filtered = await patch(`/Users/${id}`, {
      op: 'add',
      path: 'emails[type eq "home"].display',
      value: 'At home',
    });
    expect(JSON.stringify(filtered.body)).not.to.include('private@');
    const added = await patch(`/Users/${id}`, { op: 'add', path: 'emails', value: [{ value: 'new@acme.example' }] });
    expect(added.body.emails).to.deep.equal([{ value: 'new@acme.example' }]);
  });

  it('is told of a PUT what it sent', async () => {
    const { status, body } = await write('PUT', `/Users/${id}`, { schemas: [user], userName: 'ines@acme.example' });
    expect(status).to.equal(200);
    expect(body).to.have.all.keys('schemas', 'id', 'meta', 'userName');
  });

  it('is not told who has the name that is taken', async () => {
    const taken = await write('POST', '/Users', { schemas: [user], userName: 'INES@acme.example' });
    expect(taken.status).to.equal(409);
    expect(taken.body.detail).to.equal('userName: another User has this value already.');
    const many = await write('POST', '/Bulk', {
      schemas: [bulk],
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'b', data: { schemas: [user], userName: 'ines@acme.example' } },
      ],
    });
    expect(many.body.Operations[0].status).to.equal('409');
    expect(JSON.stringify(many.body)).not.to.include(id);
  });

  it('reads nothing: no resource, list, search, or dry run', async () => {
    for (const [method, path] of [
      ['GET', `/Users/${id}`],
      ['HEAD', `/Users/${id}`],
      ['GET', '/Users'],
      ['GET', '/'],
      ['GET', '/Me'],
      ['POST', '/.search'],
      ['POST', '/Users/.search'],
      ['POST', '/Users/.SEARCH/'],
      ['POST', '/Users/%2Esearch'],
      ['POST', '/%2esearch'],
      ['POST', '/Users/.search//'],
      ['POST', '//Users//%2eS%65arch'],
    ] as const)
      expect((await write(method, path, method === 'POST' ? {} : undefined)).status, `${method} ${path}`).to.equal(403);
    const dryRun = await write('PUT', `/Users/${id}?dryRun=true`, { schemas: [user], userName: 'ines@acme.example' });
    expect(dryRun.status).to.equal(403);
    expect(dryRun.body.detail).to.include('scim:read');
  });
});
