import { expect } from 'chai';
import { describeServed } from '../support/served-stores.ts';
import { testToken } from '../support/launch.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const password = 'Old-Harbour-Lantern-7';

describeServed('a password cannot be emptied', {}, (served) => {
  let count = 0;
  const made = async (): Promise<{ id: string; userName: string }> => {
    const userName = `emptied-${(count += 1)}`;
    const { status, body } = await served().scim('POST', '/Users', { schemas: [user], userName, password });
    expect(status, JSON.stringify(body)).to.equal(201);
    return { id: body.id, userName };
  };
  const patch = (id: string, ...Operations: unknown[]) =>
    served().scim('PATCH', `/Users/${id}`, { schemas: [patchOp], Operations });
  const signsIn = async (userName: string, tried: string): Promise<string> => {
    const answer = await fetch(`${served().url}/auth/v1/verify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${testToken}` },
      body: JSON.stringify({ userName, password: tried }),
    });
    return ((await answer.json()) as { result: string }).result;
  };

  const nothings = [null, '', [], [''], [null], ' ', '\u00a0\u200b', { value: '' }, { value: null }];

  it('PATCH with nothing as the password is refused in every spelling, and the old one goes on', async () => {
    const { id, userName } = await made();
    for (const nothing of nothings)
      for (const operations of [
        [{ op: 'replace', path: 'password', value: nothing }],
        [{ op: 'Add', path: 'PASSWORD', value: nothing }],
        [{ op: 'replace', value: { password: nothing } }],
        [{ op: 'replace', value: { [`${user}:password`]: nothing, title: 'Captain' } }],
        [{ op: 'replace', path: `${user}:password`, value: nothing }],
        [
          { op: 'replace', path: 'password', value: nothing },
          { op: 'replace', path: `${extension}:sendPassword`, value: true },
        ],
      ]) {
        const { status, body } = await patch(id, ...operations);
        const said = JSON.stringify({ operations, body });
        expect(status, said).to.equal(400);
        expect(body.scimType, said).to.equal('invalidValue');
        expect(body.detail, said).to.include('password');
      }
    expect((await patch(id, { op: 'remove', path: 'password' })).status).to.equal(400);
    expect(await signsIn(userName, password)).to.equal('ok');
    expect((await served().scim('GET', `/Users/${id}`)).body).not.to.have.property('title');
  });

  it('the same in Bulk', async () => {
    const { id } = await made();
    for (const value of nothings) {
      const data = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'password', value }] };
      const Operations = [{ method: 'PATCH', path: `/Users/${id}`, data }];
      const { body } = await served().scim('POST', '/Bulk', { schemas: [bulk], Operations });
      expect(body.Operations[0].response, JSON.stringify(value)).to.include({
        status: '400',
        scimType: 'invalidValue',
      });
    }
  });

  it('blanks are not a password in POST and PUT either; there null and "" are a password left out', async () => {
    const { id, userName } = await made();
    for (const blank of [' ', '\u3000', '\u200b'])
      for (const [method, path, name] of [
        ['POST', '/Users', `${userName}-new`],
        ['PUT', `/Users/${id}`, userName],
      ] as const) {
        const answer = await served().scim(method, path, { schemas: [user], userName: name, password: blank });
        expect(answer.status, `${method} ${JSON.stringify(blank)}`).to.equal(400);
        expect(answer.body).to.include({ scimType: 'invalidValue' });
      }
    for (const nothing of [null, '']) {
      const put = await served().scim('PUT', `/Users/${id}`, { schemas: [user], userName, password: nothing });
      expect(put.status, JSON.stringify(put.body)).to.equal(200);
    }
    expect(await signsIn(userName, password)).to.equal('ok');
  });
});
