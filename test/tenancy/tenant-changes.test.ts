import { expect } from 'chai';
import { installation } from '../../src/domain/notes.ts';
import { TenantChanges } from '../../src/tenancy/tenant-changes.ts';
import { tenantKind } from '../../src/tenancy/tenant-record.ts';
import { MemoryNotes } from '../support/memory-notes.ts';
import { memoryTenants } from '../support/memory-tenants.ts';

describe('TenantChanges', () => {
  const clock = { now: () => new Date('2031-01-01T00:00:00.000Z'), newId: () => 'id' };
  const data = { erase: () => Promise.resolve(), forgetRemoved: () => Promise.resolve() };

  it('makes all of 100 changes of one tenant that come at once, in two processes', async () => {
    const notes = new MemoryNotes(() => clock.now());
    const changes = await Promise.all(
      [1, 2].map(
        async () => new TenantChanges({ tenants: await memoryTenants(notes, clock).open(), notes, data, clock }),
      ),
    );
    await changes[0]!.create('acme', 'Acme');
    const names = Array.from({ length: 100 }, (_none, index) => `Acme ${index}`);
    const made = await Promise.all(names.map((name, index) => changes[index % 2]!.change('acme', { name })));
    expect(made).to.have.length(100);
    const other = await memoryTenants(notes, clock).open();
    expect(names).to.include(other.of('acme').name);
  });

  it('a change that fails does not hold up the next one', async () => {
    const notes = new MemoryNotes(() => clock.now());
    const changes = new TenantChanges({ tenants: await memoryTenants(notes, clock).open(), notes, data, clock });
    await changes.create('acme', 'Acme');
    const [refused, done] = await Promise.allSettled([
      changes.changeSettings('acme', { passwords: { minLength: 'long' } }),
      changes.changeSettings('acme', { passwords: { minLength: 20 } }),
    ]);
    expect(refused.status).to.equal('rejected');
    expect(done.status === 'fulfilled' && done.value.settings.passwords.minLength).to.equal(20);
  });

  it('stores no endpoint that runs a module, and one that is stored all the same is not in force', async () => {
    const notes = new MemoryNotes(() => clock.now());
    const tenants = await memoryTenants(notes, clock).open();
    const changes = new TenantChanges({ tenants, notes, data, clock });
    await changes.create('acme', 'Acme');
    const crm = { id: 'crm', kind: 'module', module: 'crm.mjs' };
    const plain = { id: 'plain', url: 'https://crm.example', secrets: [] };
    for (const id of ['acme', 'default'])
      for (const webhooks of [
        [crm],
        [plain, crm],
        [{ ...crm, events: ['user.*'] }],
        [{ id: 'crm', module: 'crm.mjs' }],
      ]) {
        const refusal = await changes.changeSettings(id, { webhooks }).catch((error: Error) => error);
        expect(refusal).to.have.property('message').that.includes('LATCHKEY_SETTINGS');
      }
    const kept = (await notes.find(installation, tenantKind, 'acme'))!;
    expect(kept).not.to.equal(undefined);
    await notes.put({ ...kept, value: { ...kept.value, settings: { webhooks: [crm], locale: 'de' } } }, kept.version);
    const other = await memoryTenants(notes, clock).open();
    expect(other.of('acme').settings).to.deep.include({ webhooks: [], locale: 'de' });
  });
});
