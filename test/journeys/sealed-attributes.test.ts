import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { secretAttributesOf } from '../../src/provisioning/passwords/secret-attributes.ts';
import { loadTypes } from '../../src/composition/core/load-types.ts';
import { schemaPacks } from '../../src/config/schema-packs.ts';
import { keptText } from '../support/kept-text.ts';
import { eventually } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0:';
const extension = (name: string): string => `urn:ietf:params:scim:schemas:extension:${name}:2.0:Device`;
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const badge = 'urn:harbour:schemas:badge:1.0:User';
const own = [
  {
    id: badge,
    attributes: [
      { name: 'pin', returned: 'never', mutability: 'writeOnly' },
      { name: 'colour' },
      {
        name: 'locks',
        type: 'complex',
        multiValued: true,
        subAttributes: [{ name: 'value' }, { name: 'secret', returned: 'never', mutability: 'writeOnly' }],
      },
    ],
  },
  { resourceType: 'User', schemaExtensions: [{ schema: badge }] },
];

describe('secret attributes', () => {
  it('of the shipped schemas are those that are never returned, but for wishes and the password', () => {
    const { types } = loadTypes(schemaPacks, undefined);
    const named = types.all().flatMap((type) => secretAttributesOf(type).map(({ path }) => path));
    expect(named).to.have.members([
      `${extension('ble')}:irk`,
      `${extension('pairingJustWorks')}:key`,
      `${extension('pairingPassKey')}:key`,
      `${extension('pairingOOB')}:key`,
      `${extension('pairingOOB')}:randomNumber`,
      `${extension('pairingOOB')}:confirmationNumber`,
      `${extension('dpp')}:bootstrapKey`,
      `${extension('fido-device-onboard')}:fdoVoucher`,
    ]);
  });

  it('cannot be unique: the file that says so is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-unique-'));
    const pin = { name: 'pin', returned: 'never', uniqueness: 'server' };
    writeFileSync(join(folder, 'own.json'), JSON.stringify([{ id: badge, attributes: [pin] }, own[1]]));
    expect(() => loadTypes([], folder)).to.throw(/own\.json.*cannot be unique, because 'pin' is never returned/);
    rmSync(folder, { recursive: true });
  });
});

describe('secret attributes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-own-'));
  writeFileSync(join(folder, 'own.json'), JSON.stringify(own));
  after(() => rmSync(folder, { recursive: true }));

  const environment = { LATCHKEY_SCHEMA_PACKS: 'devices', LATCHKEY_SCHEMAS: folder, LOG_LEVEL: 'trace' };
  describeServed('of stored resources', environment, (served) => {
    const secrets: string[] = [];
    const secret = (name: string): string => {
      secrets.push(`hush-${name}-4711`);
      return `hush-${name}-4711`;
    };
    const call = async (method: string, path: string, body?: unknown, headers = {}): Promise<any> => {
      const answer = await served().scim(method, path, body, headers);
      expect(answer.status, JSON.stringify(answer.body)).to.be.within(200, 204);
      return answer.body;
    };
    const patch = (path: string, ...Operations: object[]) => call('PATCH', path, { schemas: [patchOp], Operations });
    const device = (name: string, more: object) => ({
      schemas: [`${core}Device`, ...Object.keys(more)],
      displayName: name,
      active: true,
      ...more,
    });

    before(async () => {
      const answer = await fetch(`${served().url}/admin/v1/settings`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${served().token('auto')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ requestLog: { bodies: true } }),
      });
      expect(answer.status).to.equal(200);
    });

    it('rest sealed, however they are written, and no answer, log or audit tells them', async () => {
      const told: unknown[] = [];
      const dpp = extension('dpp');
      const made = await call(
        'POST',
        '/Devices',
        device('One', { [dpp]: { dppVersion: 2, bootstrapKey: secret('create') } }),
      );
      const at = `/Devices/${made.id}`;
      told.push(made, await patch(at, { op: 'replace', path: `${dpp}:bootstrapKey`, value: secret('path') }));
      told.push(await patch(at, { op: 'add', value: { [dpp]: { bootstrapKey: secret('whole') } } }));
      told.push(await patch(at, { op: 'replace', value: { [`${dpp}:bootstrapKey`]: secret('dotted') } }));
      told.push(
        await call('PUT', at, device('One', { [dpp]: { dppVersion: 2, bootstrapKey: secret('put') } })),
        await call('POST', '/Bulk', {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
          Operations: [
            {
              method: 'POST',
              path: '/Devices',
              bulkId: 'a',
              data: device('Two', { [extension('fido-device-onboard')]: { fdoVoucher: secret('bulk') } }),
            },
            {
              method: 'PATCH',
              path: at,
              data: {
                schemas: [patchOp],
                Operations: [{ op: 'replace', path: `${dpp}:bootstrapKey`, value: secret('bulk-patch') }],
              },
            },
          ],
        }),
        await call('POST', '/Users', {
          schemas: [`${core}User`, badge],
          userName: 'ines@harbour.example',
          [badge]: { pin: secret('pin'), colour: 'blue', locks: [{ value: 'door', secret: secret('lock') }] },
        }),
        await call('POST', '/Devices', device('Three', { [extension('ble')]: ble(secret('irk')) }), {
          'idempotency-key': 'once',
        }),
        await call('GET', '/Devices'),
        await call('GET', '/Users?attributes=urn:harbour:schemas:badge:1.0:User'),
      );
      const audit = await eventually('the audit of it', async () => {
        const body = await call('GET', `/AuditEvents?filter=${encodeURIComponent(`target.id eq "${made.id}"`)}`);
        return body.totalResults >= 6 && body;
      });
      expect(JSON.stringify(audit)).to.include('bootstrapKey');
      const log = await eventually('the log of requests', async () => {
        const answer = await fetch(`${served().url}/admin/v1/requests?count=100`, {
          headers: { authorization: `Bearer ${served().token('auto')}` },
        });
        const text = await answer.text();
        return text.includes('/Bulk') && text.includes('Three') && text;
      });
      const texts = {
        kept: await keptText(served()),
        output: served().output(),
        told: JSON.stringify(told),
        audit: JSON.stringify(audit),
        log,
      };
      expect(texts.kept).to.include('ines@harbour.example');
      for (const [place, text] of Object.entries(texts))
        expect(
          secrets.filter((one) => text.includes(one)),
          place,
        ).to.deep.equal([]);
    });

    it('that are written again as they are change nothing, and others do', async () => {
      const pass = extension('pairingPassKey');
      const body = device('Four', { [pass]: { key: 123_456 } });
      const { id, meta } = await call('POST', '/Devices', body);
      const at = `/Devices/${id}`;
      expect((await call('PUT', at, body)).meta.version).to.equal(meta.version);
      const same = await patch(at, { op: 'replace', path: `${pass}:key`, value: 123_456 });
      expect((same ?? (await call('GET', at))).meta.version).to.equal(meta.version);
      const other = await patch(at, { op: 'replace', path: 'displayName', value: 'Five' });
      expect(other.meta.version).not.to.equal(meta.version);
      const third = await patch(at, { op: 'replace', path: `${pass}:key`, value: 654_321 });
      expect(third.meta.version).not.to.equal(other.meta.version);
      expect((await call('PUT', at, device('Five', { [pass]: { key: 654_321 } }))).meta.version).to.equal(
        third.meta.version,
      );
    });

    it('within elements of a list do not make an element another that is added again', async () => {
      const value = [{ value: 'gate', secret: secret('gate') }];
      const { id } = await call('POST', '/Users', {
        schemas: [`${core}User`, badge],
        userName: 'ada@harbour.example',
        [badge]: { locks: value },
      });
      await patch(`/Users/${id}`, { op: 'add', path: `${badge}:locks`, value });
      expect((await call('GET', `/Users/${id}`))[badge].locks).to.deep.equal([{ value: 'gate' }]);
    });
  });
});

function ble(irk: string): object {
  return { versionSupport: ['5.3'], deviceMacAddress: '2C:54:91:88:C9:F2', pairingMethods: ['urn:x'], irk };
}
