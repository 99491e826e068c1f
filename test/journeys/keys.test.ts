import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { composeCore } from '../../src/composition/core/compose-core.ts';
import { goOnResealing } from '../../src/composition/core/reseal.ts';
import { sealAttributes } from '../../src/composition/core/reseal-attributes.ts';
import { SecretAttributes } from '../../src/provisioning/passwords/secret-attributes.ts';
import { composeKeys } from '../../src/composition/core/compose-keys.ts';
import type { Core } from '../../src/composition/core/core.ts';
import { readConfig } from '../../src/config/config.ts';
import { createLog } from '../../src/base/log.ts';
import { emptyAccount } from '../../src/provisioning/records/account.ts';
import { openSealedPassword, purposeOfPassword } from '../../src/provisioning/passwords/sealed-password.ts';
import { stores, type Place } from '../support/served-stores.ts';

const newKey = (): string => randomBytes(32).toString('base64');

for (const [store, find] of stores) {
  describe(`the keyring, on ${store}`, function () {
    this.timeout(120_000);
    let place: Place | undefined;
    before(async function () {
      place = await find();
      if (place === undefined) this.skip();
    });
    after(async () => {
      await place?.leave();
    });

    const open = (keys: string, packs = ''): Promise<Core> => {
      const { config } = readConfig({
        ...place?.environment,
        ...(keys === '' ? {} : { LATCHKEY_KEY: keys }),
        ...(packs === '' ? {} : { LATCHKEY_SCHEMA_PACKS: packs }),
      });
      return composeCore(config, 'https://keys.example', createLog('silent'));
    };
    const rotate = async (core: Core): Promise<{ resealed: number; keys: { id: string; active: boolean }[] }> => {
      const actor = { tenant: 'default', client: '', requestId: '', rights: { scopes: ['operator'] } };
      const { body } = await composeKeys(core)['rotateKeys']!({ actor, id: '', params: {}, query: {}, body: {} });
      return body as never;
    };
    const passwordOf = async (core: Core, tenant: string): Promise<string | undefined> =>
      openSealedPassword((await core.store.resources.get(tenant, 'User', 'u1'))!, core.secrets);

    it('opens with older keys, seals with the newest, and after a rotation needs the newest alone', async () => {
      const [old, fresh] = [newKey(), newKey()];
      let core = await open(old);
      await core.changes.create('acme', 'Acme');
      for (const tenant of ['default', 'acme'])
        await core.writer.create(
          { tenant, type: core.userType, id: 'u1' },
          {
            resource: { userName: 'ines' },
            account: {
              ...emptyAccount,
              sealedPassword: core.secrets.seal(`of ${tenant}`, { tenant, id: 'u1', purpose: purposeOfPassword }),
            },
            events: [],
          },
          { origin: { triggeredBy: 'system' } },
        );
      await core.close();

      core = await open(`${fresh}, ${old}`);
      expect(await passwordOf(core, 'acme')).to.equal('of acme');
      const { resealed, keys } = await rotate(core);
      expect(resealed).to.equal(2);
      expect(keys.map(({ active }) => active)).to.deep.equal([true, false]);
      expect((await rotate(core)).resealed, 'there is no more to do').to.equal(0);
      await core.close();

      core = await open(fresh);
      for (const tenant of ['default', 'acme']) expect(await passwordOf(core, tenant)).to.equal(`of ${tenant}`);
      await core.changes.erase('acme');
      const sealed = { tenant: 'acme', id: 'u1', purpose: purposeOfPassword };
      expect(() => core.secrets.seal('x', sealed), 'the keys of an erased tenant are gone').to.throw(/no tenant/);
      await core.close();
    });

    it('reaches secrets of resources, and seals those that an older Latchkey has stored in clear', async () => {
      const [old, fresh] = [newKey(), newKey()];
      const dpp = 'urn:ietf:params:scim:schemas:extension:dpp:2.0:Device';
      const ref = (core: Core) => ({ tenant: 'default', type: core.types.byName('Device')!, id: 'd1' });
      const read = async (core: Core) => (await core.store.resources.get('default', 'Device', 'd1'))!;
      const clearOf = async (core: Core) =>
        new SecretAttributes(core.secrets).open(ref(core), (await read(core)).resource);
      const resource = { displayName: 'Monitor', [dpp]: { dppVersion: 2, bootstrapKey: 'hush-4711' } };
      let core = await open(old, 'devices');
      await core.writer.create(ref(core), { resource, events: [] }, { origin: { triggeredBy: 'system' } });
      await sealAttributes(core);
      const sealed = await read(core);
      expect(JSON.stringify(sealed)).not.to.include('hush-4711');
      expect(await clearOf(core)).to.deep.equal(resource);
      await sealAttributes(core);
      expect(await read(core), 'once').to.deep.equal(sealed);
      await core.close();

      core = await open(`${fresh}, ${old}`, 'devices');
      expect((await rotate(core)).resealed).to.equal(1);
      await core.close();
      core = await open(fresh, 'devices');
      expect(await clearOf(core)).to.deep.equal(resource);
      await core.close();
    });

    it('reaches captured mail and kept secrets, and a rotation that was cut short goes on at the next start', async () => {
      const [old, fresh] = [newKey(), newKey()];
      let core = await open(old);
      const at = '2026-03-01T08:00:00.000Z';
      for (const id of ['m1', 'm2'])
        await core.mailbox.put({
          tenant: 'default',
          id,
          to: 'a@b.example',
          subject: 'S',
          text: `T ${id}`,
          html: '',
          at,
        });
      await core.keptSecrets.keep('default', 'webhook/crm', 'whsec_hush');
      const users = 450;
      for (let n = 0; n < users; n += 1)
        await core.writer.create(
          { tenant: 'default', type: core.userType, id: `k${n}` },
          {
            resource: { userName: `k${n}` },
            account: {
              ...emptyAccount,
              sealedPassword: core.secrets.seal(`of ${n}`, {
                tenant: 'default',
                id: `k${n}`,
                purpose: purposeOfPassword,
              }),
            },
            events: [],
          },
          { origin: { triggeredBy: 'system' } },
        );
      await core.close();

      core = await open(`${fresh}, ${old}`);
      let pages = 0;
      const query = core.store.resources.query.bind(core.store.resources);
      core.store.resources.query = async (asked) => {
        pages += 1;
        if (pages === 3) throw new Error('killed');
        return query(asked);
      };
      expect(await rotate(core).catch(({ message }: Error) => message)).to.equal('killed');
      await core.close();

      core = await open(`${fresh}, ${old}`);
      // The lease of the one that was killed runs out first.
      core.store.leases.take = async () => true;
      const went = await goOnResealing(core);
      expect(went?.unreadable).to.equal(0);
      expect(went?.resealed, 'what was done before is not done again').to.be.within(3, users - 100);
      expect(await goOnResealing(core), 'there is nothing left to go on with').to.equal(undefined);
      await core.close();

      core = await open(fresh);
      expect((await core.mailbox.list('default', 10)).map(({ text }) => text)).to.include.members(['T m1', 'T m2']);
      expect(await core.keptSecrets.read('default', 'webhook/crm')).to.equal('whsec_hush');
      for (const n of [0, 201, users - 1]) {
        const record = (await core.store.resources.get('default', 'User', `k${n}`))!;
        expect(openSealedPassword(record, core.secrets)).to.equal(`of ${n}`);
      }
      await core.close();
    });

    if (store === 'SQLite')
      it('is made beside the embedded store, and gets a new key there when it is rotated', async () => {
        const other = find();
        const { config } = readConfig(other.environment);
        const start = () => composeCore(config, 'https://keys.example', createLog('silent'));
        let core = await start();
        const [before] = core.secrets.keyIds;
        const token = core.tenants.of('default').keys('pages')[0];
        const { keys } = await rotate(core);
        expect([keys.length, keys[0]?.active, keys[1]?.id]).to.deep.equal([2, true, before]);
        await core.close();
        core = await start();
        expect(core.secrets.keyIds).to.deep.equal(keys.map(({ id }) => id));
        expect(
          core.tenants
            .of('default')
            .keys('pages')
            .some((key) => key.equals(token!)),
          'cookies stay good',
        ).to.equal(true);
        await core.close();
        await other.leave();
      });
  });
}
