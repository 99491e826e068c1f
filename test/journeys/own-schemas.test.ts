import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageFile } from '../../src/base/package-root.ts';
import { describeServed, type Served } from '../support/served-stores.ts';

const acme = 'urn:ietf:params:scim:schemas:extension:acme:2.0:User';
const deviceUrn = 'urn:acme:scim:schemas:core:1.0:Device';
const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The files that the documentation tells people to make, word for word. */
function documentedFiles(): Map<string, string> {
  const text = readFileSync(packageFile('docs/schemas.md'), 'utf8');
  return new Map(
    [...text.matchAll(/^`(\S+\.json)`:\n\n```json\n(.*?)^```$/gms)].map(([, name = '', json = '']) => [name, json]),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-own-schemas-'));
for (const [name, json] of documentedFiles()) writeFileSync(join(folder, name), json);
after(() => rmSync(folder, { recursive: true, force: true }));

describeServed("schemas of one's own", { LATCHKEY_SCHEMAS: folder }, (served) => {
  const call = (...parts: Parameters<Served['scim']>) => served().scim(...parts);
  const make = async (path: string, body: object): Promise<any> => {
    const answer = await call('POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body;
  };
  const names = async (path: string, filter: string, more = ''): Promise<string[]> => {
    const { status, body } = await call('GET', `${path}?filter=${encodeURIComponent(filter)}${more}`);
    expect(status, `${filter}: ${JSON.stringify(body)}`).to.equal(200);
    return (body.Resources ?? []).map((one: any) => one.displayName ?? one.userName);
  };
  const patch = (path: string, ...Operations: object[]) => call('PATCH', path, { schemas: [patchOp], Operations });
  let [ines, laptop, phone]: any[] = [];

  before(async () => {
    ines = await make('/Users', {
      schemas: [user, acme],
      userName: 'ines@acme.example',
      [acme]: {
        badgeNumber: '4711',
        remote: 'True',
        contractEnd: '2031-05-06T07:08:09+02:00',
        skills: ['Welding', 'diving'],
        shift: 'late',
        locker: { building: 'B2', number: 7, code: '1357' },
      },
    });
    await make('/Users', {
      schemas: [user, acme],
      userName: 'ivo@acme.example',
      [acme]: { badgeNumber: 12, remote: false, locker: { building: 'A1' } },
    });
    laptop = await make('/Devices', {
      schemas: [deviceUrn],
      displayName: 'Laptop',
      serialNumber: 'SN-1',
      kind: 'laptop',
      active: true,
      price: 1299.5,
      purchased: '2030-01-02T03:04:05Z',
      'os-version': '14.2',
      unlockCode: 'open sesame',
      notes: 'scratched',
      owner: { value: ines.id, $ref: `../Users/${ines.id}`, display: 'Ines' },
      interfaces: [
        { value: '00:11', type: 'wifi', primary: true },
        { value: '00:12', type: 'ethernet' },
      ],
    });
    phone = await make('/Devices', {
      schemas: [deviceUrn],
      displayName: 'Phone',
      serialNumber: 'sn-1',
      kind: 'phone',
      price: 400,
      purchased: '2031-01-01T00:00:00Z',
      'os-version': '9',
    });
  });

  it('are discovered', async () => {
    const types = (await call('GET', '/ResourceTypes')).body.Resources;
    expect(types.map(({ endpoint }: any) => endpoint)).to.have.members([
      '/Users',
      '/Groups',
      '/AuditEvents',
      '/Devices',
      '/Roles',
      '/Entitlements',
    ]);
    expect(types.find(({ id }: any) => id === 'User').schemaExtensions).to.deep.include({
      schema: acme,
      required: false,
    });
    const schema = (await call('GET', `/Schemas/${deviceUrn}`)).body;
    expect(schema.attributes.map(({ name }: any) => name)).to.include.members(['os-version', 'owner', 'unlockCode']);
    expect((await call('GET', `/Schemas/${acme}`)).body.attributes[0]).to.deep.include({
      name: 'badgeNumber',
      type: 'integer',
      uniqueness: 'server',
      multiValued: false,
    });
    expect((await call('GET', '/ResourceTypes/Device')).body).to.include({ endpoint: '/Devices', schema: deviceUrn });
  });

  it('give back what was sent, coerced to their types, without what is never or not asked for', async () => {
    expect(ines[acme]).to.deep.equal({
      badgeNumber: 4711,
      remote: true,
      contractEnd: '2031-05-06T07:08:09+02:00',
      skills: ['Welding', 'diving'],
      shift: 'late',
      locker: { building: 'B2', number: 7 },
    });
    expect(ines.schemas).to.include(acme);
    expect(laptop)
      .to.include({ displayName: 'Laptop', price: 1299.5, 'os-version': '14.2' })
      .and.not.have.any.keys('unlockCode', 'notes');
    expect(laptop.owner).to.deep.equal({ value: ines.id, $ref: `../Users/${ines.id}`, display: 'Ines' });
    expect(laptop.meta).to.include({
      resourceType: 'Device',
      location: `${served().url}/scim/v2/Devices/${laptop.id}`,
    });
    expect((await call('GET', `/Devices/${laptop.id}?attributes=notes,owner.$ref,os-version`)).body).to.deep.include({
      notes: 'scratched',
      owner: { $ref: `../Users/${ines.id}` },
      'os-version': '14.2',
    });
    expect((await call('GET', `/Users/${ines.id}?attributes=${acme}:locker.number`)).body[acme]).to.deep.equal({
      locker: { number: 7 },
    });
    expect((await call('GET', `/Users/${ines.id}?excludedAttributes=${acme}`)).body).not.to.have.property(acme);
  });

  const found: Record<string, [path: string, filter: string, expected: string[]]> = {
    'an attribute': ['/Devices', 'kind eq "LAPTOP"', ['Laptop']],
    'an odd name': ['/Devices', 'os-version sw "14"', ['Laptop']],
    'a name with its URN': ['/Devices', `${deviceUrn}:os-version eq "9"`, ['Phone']],
    'a decimal': ['/Devices', 'price gt 1299.4 and price lt 1299.6', ['Laptop']],
    'a moment': ['/Devices', 'purchased ge "2031-01-01T00:00:00Z"', ['Phone']],
    'caseExact text': ['/Devices', 'serialNumber eq "SN-1"', ['Laptop']],
    'a sub-attribute': ['/Devices', 'owner.display co "INE"', ['Laptop']],
    $ref: ['/Devices', 'owner.$ref ew "/nobody" or owner.$ref sw "../Users/"', ['Laptop']],
    'one element': ['/Devices', 'interfaces[type eq "wifi" and primary eq true]', ['Laptop']],
    'no element': ['/Devices', 'interfaces[type eq "ethernet" and primary eq true]', []],
    'what is absent': ['/Devices', 'not (owner pr)', ['Phone']],
    'an extension': ['/Users', `${acme}:locker.building eq "b2"`, ['ines@acme.example']],
    "an extension's integer": ['/Users', `${acme}:badgeNumber lt 100`, ['ivo@acme.example']],
    "an extension's boolean": ['/Users', `${acme}:remote eq true`, ['ines@acme.example']],
    "an extension's list": ['/Users', `${acme}:skills eq "welding"`, ['ines@acme.example']],
    "an extension's moment, in another zone": [
      '/Users',
      `${acme}:contractEnd eq "2031-05-06T05:08:09Z"`,
      ['ines@acme.example'],
    ],
    'a name that one extension alone has': ['/Users', 'badgeNumber eq 12', ['ivo@acme.example']],
  };
  for (const [name, [path, filter, expected]] of Object.entries(found)) {
    it(`are filtered by ${name}`, async () => expect(await names(path, filter)).to.deep.equal(expected));
  }

  it('are sorted', async () => {
    expect(await names('/Devices', 'kind pr', '&sortBy=price')).to.deep.equal(['Phone', 'Laptop']);
    expect(await names('/Devices', 'kind pr', '&sortBy=os-version&sortOrder=descending')).to.deep.equal([
      'Phone',
      'Laptop',
    ]);
    expect(await names('/Users', 'userName pr', `&sortBy=${acme}:locker.building`)).to.deep.equal([
      'ivo@acme.example',
      'ines@acme.example',
    ]);
    expect(await names('/Users', `${acme}:badgeNumber pr`, `&sortBy=${acme}:badgeNumber`)).to.deep.equal([
      'ivo@acme.example',
      'ines@acme.example',
    ]);
  });

  it('are patched, by path, by URN and by value', async () => {
    const device = await patch(
      `/Devices/${phone.id}`,
      { op: 'replace', path: 'os-version', value: '10' },
      { op: 'add', path: 'owner', value: { value: ines.id, $ref: 'https://x.example/Users/1' } },
      { op: 'add', path: 'interfaces', value: [{ value: '00:21', type: 'wifi' }] },
      { op: 'replace', path: 'interfaces[type eq "wifi"].primary', value: true },
      { op: 'replace', path: 'owner.$ref', value: 'https://x.example/Users/2' },
      { op: 'add', value: { price: '399.9', [`${deviceUrn}:notes`]: 'new' } },
    );
    expect(device.body).to.deep.include({
      'os-version': '10',
      price: 399.9,
      owner: { value: ines.id, $ref: 'https://x.example/Users/2' },
      interfaces: [{ value: '00:21', type: 'wifi', primary: true }],
    });
    expect(await names('/Devices', 'os-version eq "10" and notes eq "new"')).to.deep.equal(['Phone']);
    const person = await patch(
      `/Users/${ines.id}`,
      { op: 'add', path: `${acme}:skills`, value: ['sewing'] },
      { op: 'remove', path: `${acme}:skills[value eq "diving"]` },
      { op: 'replace', path: `${acme}:locker.number`, value: 8 },
      {
        op: 'add',
        path: `${acme}:devices`,
        value: [{ value: laptop.id, $ref: `../Devices/${laptop.id}`, primary: true }],
      },
      { op: 'replace', value: { [acme]: { shift: 'night' }, [`${acme}:remote`]: false } },
    );
    expect(person.body[acme], JSON.stringify(person.body)).to.deep.include({
      skills: ['Welding', 'sewing'],
      locker: { building: 'B2', number: 8 },
      shift: 'night',
      remote: false,
      devices: [{ value: laptop.id, $ref: `../Devices/${laptop.id}`, primary: true }],
    });
    expect(await names('/Users', `${acme}:devices[value eq "${laptop.id}" and primary eq true]`)).to.deep.equal([
      'ines@acme.example',
    ]);
  });

  it('refuse what their definitions refuse, naming the attribute', async () => {
    const refused: Record<string, [string, string, object, number, string | undefined, RegExp]> = {
      required: [
        'POST',
        '/Devices',
        { schemas: [deviceUrn], serialNumber: 'SN-9' },
        400,
        'invalidValue',
        /displayName/,
      ],
      unique: [
        'POST',
        '/Devices',
        { schemas: [deviceUrn], displayName: 'x', serialNumber: 'SN-1' },
        409,
        'uniqueness',
        /serialNumber/,
      ],
      'unique in an extension': [
        'POST',
        '/Users',
        { schemas: [user], userName: 'new@acme.example', [acme]: { badgeNumber: 4711 } },
        409,
        'uniqueness',
        /badgeNumber/,
      ],
      'canonical only': [
        'POST',
        '/Users',
        { schemas: [user], userName: 'new@acme.example', [acme]: { shift: 'dawn' } },
        400,
        'invalidValue',
        /shift/,
      ],
      'required inside': [
        'POST',
        '/Users',
        { schemas: [user], userName: 'new@acme.example', [acme]: { locker: { number: 1 } } },
        400,
        'invalidValue',
        /building/,
      ],
      type: [
        'POST',
        '/Devices',
        { schemas: [deviceUrn], displayName: 'x', serialNumber: 'y', price: 'dear' },
        400,
        'invalidValue',
        /price/,
      ],
      immutable: [
        'PATCH',
        `/Devices/${laptop.id}`,
        { schemas: [patchOp], Operations: [{ op: 'replace', path: 'serialNumber', value: 'SN-2' }] },
        400,
        'mutability',
        /serialNumber/,
      ],
      'a filter on what nobody may read': [
        'GET',
        '/Devices?filter=unlockCode%20eq%20%22open%20sesame%22',
        {},
        400,
        'invalidFilter',
        /unlockCode/,
      ],
      'a filter on what is no attribute': ['GET', '/Devices?filter=colour%20pr', {}, 400, 'invalidFilter', /colour/],
    };
    for (const [name, [method, path, body, status, scimType, detail]] of Object.entries(refused)) {
      const answer = await call(method, path, method === 'GET' ? undefined : body);
      expect([answer.status, answer.body.scimType], `${name}: ${JSON.stringify(answer.body)}`).to.deep.equal([
        status,
        scimType,
      ]);
      expect(answer.body.detail, name).to.match(detail);
    }
  });

  it("serve Okta's governance", async () => {
    for (const endpoint of ['/Roles', '/Entitlements']) {
      const schemas = [`urn:okta:scim:schemas:core:1.0:${endpoint === '/Roles' ? 'Role' : 'Entitlement'}`];
      await make(endpoint, { schemas, displayName: 'Auditor', type: 'app' });
      expect((await call('POST', endpoint, { schemas, displayName: 'AUDITOR' })).status).to.equal(409);
      const { body } = await call('GET', `${endpoint}?startIndex=1&count=100`);
      expect(body).to.include({ totalResults: 1 });
      expect(body.Resources[0]).to.include({ displayName: 'Auditor', type: 'app' });
    }
  });

  it('take part in Bulk, root searches, removal and 404', async () => {
    const { body } = await call('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        {
          method: 'POST',
          path: '/Devices',
          bulkId: 'd',
          data: { schemas: [deviceUrn], displayName: 'Tablet', serialNumber: 'SN-3' },
        },
        {
          method: 'PATCH',
          path: `/Users/${ines.id}`,
          data: {
            schemas: [patchOp],
            Operations: [{ op: 'add', path: `${acme}:devices`, value: [{ value: 'bulkId:d' }] }],
          },
        },
      ],
    });
    expect(
      body.Operations.map(({ status }: any) => status),
      JSON.stringify(body),
    ).to.deep.equal(['201', '200']);
    const tablet = body.Operations[0].location.split('/').at(-1);
    expect(await names('/Users', `${acme}:devices.value eq "${tablet}"`)).to.deep.equal(['ines@acme.example']);
    expect(await names('/', 'displayName eq "TABLET"')).to.deep.equal(['Tablet']);
    expect((await call('DELETE', `/Devices/${tablet}`)).status).to.equal(204);
    expect((await call('GET', `/Devices/${tablet}`)).status).to.equal(404);
  });
});
