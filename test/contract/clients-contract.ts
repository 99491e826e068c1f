import { expect } from 'chai';
import { composeClients } from '../../src/composition/core/compose-clients.ts';
import type { Store } from '../../src/store/store.ts';
import { TENANT } from './fixtures.ts';

/** Calling systems and their credentials, as they are kept in notes. */
export function clientsContract(store: () => Pick<Store, 'notes'>): void {
  describe('clients', () => {
    let at = Date.parse('2036-03-01T08:00:00.000Z');
    let ids = 0;
    const clock = { now: () => new Date(at), newId: () => `id-${String(++ids).padStart(4, '0')}` };
    const parts = () => composeClients(store().notes, clock);
    const draft = (name: string, tenant = TENANT) => ({
      tenant,
      name,
      profile: 'auto' as const,
      scopes: ['scim:read'],
    });
    const token = { tenant: TENANT, client: 'c1', kind: 'token' } as const;
    beforeEach(() => {
      at = Date.parse('2036-03-01T08:00:00.000Z');
      ids = 0;
    });

    it("lists a tenant's clients and removes one, whose credentials end with it", async () => {
      const { clients } = parts();
      const one = await clients.add(draft('one'));
      await clients.add(draft('two'));
      await clients.add(draft('three', 'other'));
      const made = await clients.credentials.add({ ...token, client: one!.id });
      expect((await clients.list(TENANT)).map(({ name }) => name)).to.deep.equal(['one', 'two']);
      expect(await clients.find('other', one!.id)).to.equal(undefined);
      expect(await clients.remove('other', one!.id)).to.equal(false);
      expect(await clients.remove(TENANT, one!.id)).to.equal(true);
      expect(await clients.remove(TENANT, one!.id)).to.equal(false);
      expect((await clients.list(TENANT)).map(({ name }) => name)).to.deep.equal(['two']);
      expect(await clients.credentials.byToken(made!.value!)).to.include({ revokedAt: '2036-03-01T08:00:00.000Z' });
    });

    it('finds a credential by its token alone, and lets a token be taken once among parallel calls', async () => {
      const { credentials } = parts().clients;
      const added = await Promise.all(
        Array.from({ length: 10 }, (_, n) => credentials.add({ ...token, client: `c${n}`, value: 'a whole token' })),
      );
      expect(added.filter((one) => one !== undefined)).to.have.length(1);
      expect(await credentials.byToken('a whole token')).to.include({ kind: 'token', tenant: TENANT, ending: 'oken' });
      expect(await credentials.byToken('other')).to.equal(undefined);
      expect(JSON.stringify(await credentials.byToken('a whole token'))).not.to.include('whole');
    });

    it("finds a tenant's credentials by the first characters of their value, and by the whole of it", async () => {
      const { credentials } = parts().clients;
      const made = await credentials.add(token);
      const secret = await credentials.add({ ...token, client: 'c2', kind: 'secret' });
      await credentials.add({ ...token, client: 'c3', value: 'lk_chosen-by-somebody-else-01234567' });
      const by = async (text: string, tenant = TENANT) =>
        (await credentials.beginningWith(tenant, text)).map(({ id }) => id);
      expect(await by(made!.value!.slice(0, 8))).to.deep.equal([made!.credential.id]);
      expect(await by(made!.value!.slice(0, 7))).to.deep.equal([made!.credential.id]);
      expect(await by(made!.value!), 'the whole').to.deep.equal([made!.credential.id]);
      expect(await by(made!.value!.slice(0, 20)), 'what is kept and more').to.deep.equal([made!.credential.id]);
      expect(await by(secret!.value!.slice(0, 11))).to.deep.equal([secret!.credential.id]);
      expect(await by(made!.value!.slice(0, 6)), 'too short').to.deep.equal([]);
      expect(await by('lk_chosen-by'), 'nothing of what others chose is kept').to.deep.equal([]);
      expect(await by(made!.value!, 'other')).to.deep.equal([]);
      expect(await by(made!.value!.slice(0, 8), 'other')).to.deep.equal([]);
      const kept = JSON.stringify(await credentials.find(TENANT, 'c1', made!.credential.id));
      expect(kept).not.to.include(made!.value!.slice(0, 9));
    });

    it('makes several credentials that live side by side, and rotates one within the days given', async () => {
      const { credentials } = parts().clients;
      const old = await credentials.add({ ...token, expiresAt: '2037-03-01T08:00:00.000Z' });
      const secret = await credentials.add({ tenant: TENANT, client: 'c1', kind: 'secret' });
      expect(old!.value).to.match(/^lk_[\w-]{43}$/);
      expect(secret!.value).to.match(/^lk_cs_[\w-]{43}$/);
      const successor = await credentials.rotate(old!.credential, { ...token }, 7);
      const all = await credentials.list(TENANT, 'c1');
      expect(all.map(({ id, expiresAt }) => [id, expiresAt])).to.have.deep.members([
        [old!.credential.id, '2036-03-08T08:00:00.000Z'],
        [secret!.credential.id, undefined],
        [successor!.credential.id, undefined],
      ]);
      expect(await credentials.byToken(old!.value!)).to.include({ id: old!.credential.id });
    });

    it('never lengthens the life of what is rotated', async () => {
      const { credentials } = parts().clients;
      const old = await credentials.add({ ...token, expiresAt: '2036-03-02T08:00:00.000Z' });
      await credentials.rotate(old!.credential, { ...token }, 30);
      expect(await credentials.byToken(old!.value!)).to.include({ expiresAt: '2036-03-02T08:00:00.000Z' });
    });

    it('remembers an ended credential for 90 days', async () => {
      const { credentials } = parts().clients;
      const { credential, value } = (await credentials.add(token))!;
      expect(await credentials.revoke(TENANT, 'c1', credential.id)).to.equal(true);
      expect(await credentials.revoke(TENANT, 'c1', credential.id)).to.equal(false);
      expect(await credentials.byToken(value!)).to.include({ revokedAt: '2036-03-01T08:00:00.000Z' });
    });

    it('tells each process of a change, and of nothing else', async () => {
      const [here, there] = [parts(), parts()];
      const before = await there.callers.epoch();
      const client = await here.clients.add(draft('one'));
      await here.clients.credentials.add({ ...token, client: client!.id });
      here.credentialUses.note({ tenant: TENANT, client: client!.id, id: 'x' }, () => '192.0.2.1');
      await here.credentialUses.flush();
      expect(await there.callers.epoch()).to.equal(before);
      await here.clients.change(TENANT, client!.id, (one) => ({ ...one, paused: true }));
      expect(await there.callers.epoch()).to.be.greaterThan(before);
    });

    it('notes the last use in one write for many calls, with the address of the first of each second', async () => {
      const { credentialUses } = parts();
      const used = { tenant: TENANT, client: 'c1', id: 'k1' };
      for (let call = 0; call < 100; call += 1) {
        credentialUses.note(used, () => `192.0.2.${call}`);
        at += 5;
      }
      expect(await credentialUses.of(TENANT, 'c1')).to.deep.equal(
        new Map([['k1', { lastUsedAt: '2036-03-01T08:00:00.000Z', lastUsedFrom: '192.0.2.0' }]]),
      );
      expect((await store().notes.find(TENANT, 'credentialUse', 'c1/k1'))?.version).to.equal(1);
      at += 60_000;
      credentialUses.note(used, () => '192.0.2.200');
      expect((await credentialUses.of(TENANT, 'c1')).get('k1')?.lastUsedFrom).to.equal('192.0.2.200');
    });

    it('loses no change of a client among parallel ones', async () => {
      const { clients } = parts();
      const { id } = (await clients.add({ ...draft('one'), owns: [] }))!;
      await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          clients.change(TENANT, id, (one) => ({ ...one, owns: [...one.owns, `a${n}`] })),
        ),
      );
      expect((await clients.find(TENANT, id))?.owns).to.have.length(8);
    });
  });
}
