import { expect } from 'chai';
import type { Store } from '../../src/store/store.ts';
import type { Client } from '../../src/tenants.ts';
import { TENANT } from './fixtures.ts';

/** Calling systems and their tokens. */
export function clientsContract(store: () => Store): void {
  describe('clients', () => {
    const client = (id: string, changes: Partial<Client> = {}): Client => ({
      id,
      tenant: TENANT,
      name: `Client ${id}`,
      tokenHash: `hash-${id}`,
      scopes: ['scim'],
      profile: 'auto',
      createdAt: '2026-03-01T08:00:00.000Z',
      ...changes,
    });

    it('finds a client by the hash of its token, and only so', async () => {
      expect(await store().clients.add(client('c1'))).to.equal(true);
      expect(await store().clients.byTokenHash('hash-c1')).to.deep.equal(client('c1'));
      expect(await store().clients.byTokenHash('hash-c2')).to.equal(undefined);
      await store().clients.add(client('c3', { me: 'u1' }));
      expect(await store().clients.byTokenHash('hash-c3')).to.deep.equal(client('c3', { me: 'u1' }));
      expect(await store().clients.byTokenHash('')).to.equal(undefined);
    });

    it('lets a token hash be taken once, among parallel calls too', async () => {
      const added = await Promise.all(
        Array.from({ length: 10 }, (_, n) => store().clients.add(client(`c${n}`, { tokenHash: 'same' }))),
      );
      expect(added.filter(Boolean)).to.have.length(1);
      expect(await store().clients.list(TENANT)).to.have.length(1);
    });

    it("lists a tenant's clients and removes one", async () => {
      await store().clients.add(client('c1'));
      await store().clients.add(client('c2'));
      await store().clients.add(client('c3', { tenant: 'other' }));
      expect((await store().clients.list(TENANT)).map(({ id }) => id).sort()).to.deep.equal(['c1', 'c2']);
      expect(await store().clients.remove(TENANT, 'c3')).to.equal(false);
      expect(await store().clients.remove(TENANT, 'c1')).to.equal(true);
      expect(await store().clients.remove(TENANT, 'c1')).to.equal(false);
      expect(await store().clients.byTokenHash('hash-c1')).to.equal(undefined);
    });
  });
}
