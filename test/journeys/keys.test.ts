import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { composeCore } from '../../src/composition/core/compose-core.ts';
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

    const open = (keys: string): Promise<Core> => {
      const { config } = readConfig({ ...place?.environment, ...(keys === '' ? {} : { LATCHKEY_KEY: keys }) });
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
