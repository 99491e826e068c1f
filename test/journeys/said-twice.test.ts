import { expect } from 'chai';
import { testToken, type ScimAnswer } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const custom = 'urn:ietf:params:scim:schemas:extension:custom:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulkUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

/** What of an answer says how a call was refused. */
interface Refusal {
  readonly status: number;
  readonly scimType?: string;
  readonly detail?: string;
}

describeServed('a request that says two things of one attribute', {}, (served) => {
  let count = 0;
  const next = (): string => `twice${(count += 1)}@x.example`;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  /** A body as it is written, so that a name can be in it twice. */
  const send = async (method: string, path: string, text: string, token = testToken): Promise<ScimAnswer> =>
    served().scim(method, path, text, bearer(token));
  const made = async (extra: object = {}): Promise<{ id: string; userName: string }> => {
    const userName = next();
    const { status, body } = await served().scim('POST', '/Users', { schemas: [core], userName, ...extra });
    expect(status).to.equal(201);
    return { id: body.id, userName };
  };
  const boundToMe = async (id: string): Promise<string> => {
    const admin = async (path: string, body: object) => {
      const answer = await fetch(`${served().url}/admin/v1${path}`, {
        method: 'POST',
        headers: { ...bearer(testToken), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status, await answer.clone().text()).to.equal(201);
      return (await answer.json()) as { id: string; token: string };
    };
    const client = await admin('/clients', {
      name: `me ${id}`,
      profile: 'auto',
      scopes: ['scim:read', 'scim:write'],
      me: id,
    });
    return (await admin(`/clients/${client.id}/credentials`, { kind: 'token' })).token;
  };
  const refusalOf = ({ status, body }: ScimAnswer): Refusal => ({
    status,
    scimType: body?.scimType,
    detail: body?.detail,
  });
  const inBulk = async (method: string, path: string, data: string): Promise<Refusal> => {
    const { status, body } = await send(
      'POST',
      '/Bulk',
      `{"schemas":["${bulkUrn}"],"Operations":[{"method":"${method}","path":"${path}","bulkId":"b","data":${data}}]}`,
    );
    if (status !== 200) return { status, scimType: body.scimType, detail: body.detail };
    const [{ status: one, response = {} }] = body.Operations;
    return { status: Number(one), scimType: response.scimType, detail: response.detail };
  };

  /** Each way to write what is inside the braces of a user. */
  const ways: readonly [string, (inside: string, before?: object) => Promise<Refusal & { readonly id?: string }>][] = [
    [
      'POST',
      async (inside) =>
        refusalOf(await send('POST', '/Users', `{"schemas":["${core}"],"userName":"${next()}",${inside}}`)),
    ],
    [
      'POST in Bulk',
      async (inside) => inBulk('POST', '/Users', `{"schemas":["${core}"],"userName":"${next()}",${inside}}`),
    ],
    [
      'PUT',
      async (inside, before) => {
        const { id, userName } = await made(before);
        const text = `{"schemas":["${core}"],"userName":"${userName}",${inside}}`;
        return { ...refusalOf(await send('PUT', `/Users/${id}`, text)), id };
      },
    ],
    [
      'PUT in Bulk',
      async (inside, before) => {
        const { id, userName } = await made(before);
        const text = `{"schemas":["${core}"],"userName":"${userName}",${inside}}`;
        return { ...(await inBulk('PUT', `/Users/${id}`, text)), id };
      },
    ],
    [
      'PATCH without a path',
      async (inside, before) => {
        const { id } = await made(before);
        const text = `{"schemas":["${patchOp}"],"Operations":[{"op":"replace","value":{${inside}}}]}`;
        return { ...refusalOf(await send('PATCH', `/Users/${id}`, text)), id };
      },
    ],
    [
      'PATCH without a path in Bulk',
      async (inside, before) => {
        const { id } = await made(before);
        const text = `{"schemas":["${patchOp}"],"Operations":[{"op":"Add","value":{${inside}}}]}`;
        return { ...(await inBulk('PATCH', `/Users/${id}`, text)), id };
      },
    ],
    [
      'PUT of /Me',
      async (inside, before) => {
        const { id, userName } = await made(before);
        const text = `{"schemas":["${core}"],"userName":"${userName}",${inside}}`;
        return { ...refusalOf(await send('PUT', '/Me', text, await boundToMe(id))), id };
      },
    ],
    [
      'PATCH of /Me',
      async (inside, before) => {
        const { id } = await made(before);
        const text = `{"schemas":["${patchOp}"],"Operations":[{"op":"replace","value":{${inside}}}]}`;
        return { ...refusalOf(await send('PATCH', '/Me', text, await boundToMe(id))), id };
      },
    ],
  ];

  for (const [way, write] of ways) {
    it(`${way}: under two of its names is refused where they differ, naming both, and taken where they agree`, async () => {
      const differ = await write(`"askPassword":"true","${urn}":{"preRegistration":false}`);
      expect(differ).to.include({ status: 400, scimType: 'invalidValue' });
      expect(differ.detail).to.include('askPassword and ').and.include(`${urn}:preRegistration`);
      const flat = await write(`"${custom}:forceResetPassword":true,"${urn}.forcePasswordReset":"False"`);
      expect(flat).to.include({ status: 400, scimType: 'invalidValue' });
      const aliases = await write(
        `"startDate":"2031-05-06","${custom}":{"preRegistration":true},"preRegistration":false`,
      );
      expect(aliases.detail).to.include(`${custom}:preRegistration`);
      const agree = await write(`"askPassword":"True","${urn}":{"preRegistration":true},"startDate":"20310506"`);
      expect(agree.status, agree.detail).to.be.oneOf([200, 201]);
    });

    it(`${way}: under one name twice is refused, however the name is spelled, and changes nothing`, async () => {
      for (const twice of [
        '"active":false,"active":true',
        '"active":false,"\\u0061ctive":true',
        '"active":false,"aCTive":true',
        '"name":{"givenName":"A","givenName":"A"}',
        '"emails":[{"value":"a@x.example","value":"b@x.example"}]',
        `"${urn}":{"preRegistration":true},"${urn}":{"startDate":"2031-05-06"}`,
      ]) {
        const { id, ...refusal } = await write(twice, { active: false });
        expect(refusal, twice).to.include({ status: 400, scimType: 'invalidSyntax' });
        expect(refusal.detail, twice).to.include('is given twice');
        if (id !== undefined) expect((await served().scim('GET', `/Users/${id}`)).body.active, twice).to.equal(false);
      }
    });
  }

  it('in the envelope of a PATCH or of a Bulk request is refused too', async () => {
    const { id } = await made({ active: false });
    const title = '[{"op":"replace","path":"title","value":"x"}]';
    const active = '[{"op":"replace","path":"active","value":true}]';
    const texts = [
      `{"schemas":["${patchOp}"],"Operations":${title},"Operations":${active}}`,
      `{"schemas":["${patchOp}"],"Operations":${title},"operations":${active}}`,
      `{"schemas":["${patchOp}"],"Operations":[{"op":"replace","path":"active","value":false,"value":true}]}`,
      `{"schemas":["${patchOp}"],"Operations":[{"op":"replace","path":"active","value":false,"Value":true}]}`,
      `{"schemas":["${patchOp}"],"Operations":[{"op":"replace","Path":"title","path":"active","value":true}]}`,
    ];
    for (const text of texts) {
      expect(refusalOf(await send('PATCH', `/Users/${id}`, text)), text).to.include({
        status: 400,
        scimType: 'invalidSyntax',
      });
      expect((await inBulk('PATCH', `/Users/${id}`, text)).status, text).to.equal(400);
    }
    const one = `{"method":"PATCH","path":"/Users/${id}","data":{"schemas":["${patchOp}"],"Operations":${active}}}`;
    const twice = [
      `{"schemas":["${bulkUrn}"],"Operations":[${one}],"operations":[]}`,
      `{"schemas":["${bulkUrn}"],"Operations":[],"Operations":[${one}]}`,
    ];
    for (const text of twice)
      expect(refusalOf(await send('POST', '/Bulk', text)), text).to.include({ status: 400, scimType: 'invalidSyntax' });
    const inOne = one.replace('"path"', '"Path":"/Users/0","path"');
    const { body } = await send('POST', '/Bulk', `{"schemas":["${bulkUrn}"],"Operations":[${inOne}]}`);
    expect(body.Operations[0]).to.nested.include({ status: '400', 'response.scimType': 'invalidSyntax' });
    expect((await served().scim('GET', `/Users/${id}`)).body.active).to.equal(false);
  });

  it('to the administration is refused where its own words and the extension differ', async () => {
    const create = async (text: string): Promise<Refusal> => {
      const answer = await fetch(`${served().url}/admin/v1/users`, {
        method: 'POST',
        headers: { ...bearer(testToken), 'content-type': 'application/json' },
        body: text,
      });
      const { scimType, detail } = (await answer.json()) as { scimType?: string; detail?: string };
      return {
        status: answer.status,
        ...(scimType === undefined ? {} : { scimType }),
        ...(detail === undefined ? {} : { detail }),
      };
    };
    const user = (extension: object, more: object = {}) =>
      JSON.stringify({ userName: next(), emails: [{ value: 'a@x.example' }], [urn]: extension, ...more });
    const differ: [string, object, string][] = [
      ['invite', { preRegistration: 'False' }, '"invite":true'],
      ['invite', { preRegistration: true }, '"invite":false'],
      ['invite', { InvitationMethod: 'emailLink' }, '"invite":"emailOtp"'],
      ['send', { sendPassword: true }, '"send":false'],
      ['send', { sendPassword: false }, '"send":true'],
      ['forceChange', { forcePasswordReset: false }, '"password":"seven small boats at dawn","forceChange":true'],
    ];
    for (const [field, extension, order] of differ) {
      const refusal = await create(`{"user":${user(extension)},${order}}`);
      expect(refusal, order).to.include({ status: 400, scimType: 'invalidValue' });
      expect(refusal.detail, order).to.match(new RegExp(`^${field} and user\\.${urn}`));
    }
    expect((await create(`{"user":${user({ preRegistration: true })},"invite":true}`)).status).to.equal(201);
    const misplaced = ['Password', `${core}:password`, 'PASSWORD'];
    for (const name of misplaced)
      expect((await create(`{"user":${user({}, { [name]: 'short' })}}`)).status, name).to.equal(400);
    const twice = await create(`{"user":${user({})},"invite":true,"invite":false}`);
    expect(twice).to.include({ status: 400, scimType: 'invalidSyntax' });
  });
});
