import { expect } from 'chai';
import { loadTypes } from '../../src/composition/core/load-types.ts';
import { readConfig } from '../../src/config/config.ts';
import { schemaPacks } from '../../src/config/schema-packs.ts';
import { describeServed, type Served } from '../support/served-stores.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0:';
const extension = (name: string): string => `urn:ietf:params:scim:schemas:extension:${name}:2.0:Device`;
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

describe('packs of schemas', () => {
  it('are off unless they are named, and each can be on by itself', () => {
    const endpoints = (packs: readonly string[]) =>
      loadTypes(packs, undefined)
        .types.all()
        .map(({ endpoint }) => endpoint);
    const shipped = endpoints([]);
    expect(shipped).to.deep.equal(['/Users', '/Groups', '/AuditEvents']);
    const added = Object.fromEntries(schemaPacks.map((pack) => [pack, endpoints([pack]).slice(shipped.length)]));
    expect(added).to.deep.equal({
      agents: ['/Agents', '/AgenticApplications'],
      devices: ['/Devices', '/EndpointApps'],
      'okta-governance': ['/Roles', '/Entitlements'],
    });
  });

  it('that there are not stop the start, with the names of those that there are', () => {
    expect(() => readConfig({ LATCHKEY_SCHEMA_PACKS: 'devices, gadgets' })).to.throw(
      /LATCHKEY_SCHEMA_PACKS names 'gadgets': there are agents, devices, okta-governance/,
    );
  });
});

describeServed('packs of schemas', { LATCHKEY_SCHEMA_PACKS: schemaPacks.join(',') }, (served) => {
  const call = (...parts: Parameters<Served['scim']>) => served().scim(...parts);
  const make = async (path: string, body: object): Promise<any> => {
    const answer = await call('POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body;
  };
  const found = async (path: string, filter: string): Promise<number> =>
    (await call('GET', `${path}?filter=${encodeURIComponent(filter)}`)).body.totalResults as number;

  it('Okta’s governance discovers and reads roles and entitlements', async () => {
    const types = (await call('GET', '/ResourceTypes')).body.Resources as { endpoint: string; schema: string }[];
    for (const [name, endpoint] of [
      ['Role', '/Roles'],
      ['Entitlement', '/Entitlements'],
    ] as const) {
      const schema = `urn:okta:scim:schemas:core:1.0:${name}`;
      expect(types.find((type) => type.endpoint === endpoint)?.schema).to.equal(schema);
      expect((await call('GET', `/Schemas/${schema}`)).status).to.equal(200);
      await make(endpoint, { schemas: [schema], displayName: 'Night shift', type: 'shift', description: 'After ten' });
      expect((await call('GET', `${endpoint}?startIndex=1&count=100`)).body.Resources[0]).to.include({
        displayName: 'Night shift',
        type: 'shift',
      });
    }
    const refused = await call('POST', '/Entitlements', {
      schemas: ['urn:okta:scim:schemas:core:1.0:Entitlement'],
      displayName: 'Without a type',
    });
    expect([refused.status, refused.body.detail]).to.satisfy(
      ([status, detail]: [number, string]) => status === 400 && detail.includes('type'),
    );
  });

  it('a device of RFC 9944 keeps what it is bootstrapped with to itself, and is changed, found and removed', async () => {
    const device = await make('/Devices', {
      schemas: [`${core}Device`, extension('dpp')],
      displayName: 'Heart monitor',
      active: true,
      [extension('dpp')]: {
        dppVersion: 2,
        bootstrappingMethod: ['QR'],
        bootstrapKey: 'MDkwEwYHKoZIzj0CAQ==',
        deviceMacAddress: '2C:54:91:88:C9:F2',
        classChannel: ['81/1', '115/36'],
        serialNumber: '4774LH2b4044',
      },
    });
    expect(JSON.stringify((await call('GET', `/Devices/${device.id}`)).body)).not.to.include('MDkwEwYHKoZIzj0CAQ');
    expect(await found('/Devices', `${extension('dpp')}:serialNumber eq "4774LH2b4044" and active eq true`)).to.equal(
      1,
    );
    const changed = await call('PATCH', `/Devices/${device.id}`, {
      schemas: [patchOp],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    });
    expect(changed.body).to.include({ active: false });
    const app = await make('/EndpointApps', {
      schemas: [`${core}EndpointApp`],
      applicationType: 'deviceControl',
      applicationName: 'Ward 7',
      certificateInfo: { rootCA: 'd2hhdHNVcA==', subjectName: 'CN=EX1,O=Example,C=US' },
    });
    const put = await call('PUT', `/Devices/${device.id}`, {
      schemas: [`${core}Device`, extension('endpointAppsExt')],
      active: true,
      [extension('endpointAppsExt')]: { applications: [{ value: app.id }] },
    });
    expect(put.body[extension('endpointAppsExt')].applications[0].value).to.equal(app.id);
    const wrong = { schemas: [`${core}EndpointApp`], applicationType: 'toaster', applicationName: 'x' };
    expect((await call('POST', '/EndpointApps', wrong)).status).to.equal(400);
    expect((await call('POST', '/Devices', { schemas: [`${core}Device`], displayName: 'idle' })).status).to.equal(400);
    expect((await call('DELETE', `/Devices/${device.id}`)).status).to.equal(204);
  });

  it('agents are told of in ServiceProviderConfig, have names of their own, and are found by them', async () => {
    expect((await call('GET', '/ServiceProviderConfig')).body.agentExtension).to.deep.equal({
      supported: true,
      agentsSupported: true,
      agenticApplicationsSupported: true,
    });
    const application = await make('/AgenticApplications', {
      schemas: [`${core}AgenticApplication`],
      name: 'helpdesk',
    });
    const agent = {
      schemas: [`${core}Agent`],
      name: 'Helpdesk bot',
      externalId: '8ccc535b',
      active: true,
      applications: [{ value: application.id }],
      protocols: [{ type: 'MCP-Server', specificationUrl: 'https://agents.example/mcp' }],
    };
    await make('/Agents', agent);
    expect(await found('/Agents', 'name eq "helpdesk BOT"')).to.equal(1);
    expect(await found('/Agents', 'externalId eq "8ccc535b"')).to.equal(1);
    expect((await call('POST', '/Agents', { ...agent, externalId: 'other' })).status).to.equal(409);
  });

  it('who is switched off stays off, whatever a write leaves out or empties; a new one is on', async () => {
    for (const [endpoint, type] of [
      ['/Agents', 'Agent'],
      ['/AgenticApplications', 'AgenticApplication'],
    ] as const) {
      const body = { schemas: [`${core}${type}`], name: `Night watch ${type}` };
      const { id, active } = await make(endpoint, body);
      expect(active, endpoint).to.equal(true);
      expect(await found(endpoint, `name eq "${body.name}" and active eq true`), endpoint).to.equal(1);
      const patch = (...Operations: object[]) => call('PATCH', `${endpoint}/${id}`, { schemas: [patchOp], Operations });
      expect((await patch({ op: 'replace', path: 'active', value: 'False' })).body.active, endpoint).to.equal(false);
      expect((await call('PUT', `${endpoint}/${id}`, body)).status, endpoint).to.equal(200);
      for (const nothing of ['', null]) {
        expect((await call('PUT', `${endpoint}/${id}`, { ...body, active: nothing })).status, endpoint).to.equal(400);
        expect((await patch({ op: 'replace', path: 'active', value: nothing })).status, endpoint).to.equal(400);
        expect((await patch({ op: 'replace', value: { active: nothing } })).status, endpoint).to.equal(400);
      }
      expect((await patch({ op: 'remove', path: 'active' })).status, endpoint).to.equal(400);
      expect((await call('GET', `${endpoint}/${id}`)).body.active, endpoint).to.equal(false);
      expect(await found(endpoint, `name eq "${body.name}" and active eq false`), endpoint).to.equal(1);
    }
  });
});
