import { expect } from 'chai';
import { TenantChanges } from '../../src/tenancy/tenant-changes.ts';
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
});
