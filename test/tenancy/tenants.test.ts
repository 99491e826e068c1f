import { expect } from 'chai';
import { installation, type Notes } from '../../src/domain/notes.ts';
import { noteOfTenant, newTenantRecord, type TenantRecord } from '../../src/tenancy/tenant-record.ts';
import { UnknownTenantError } from '../../src/tenancy/tenant.ts';
import { MemoryNotes } from '../support/memory-notes.ts';
import { memoryTenants } from '../support/memory-tenants.ts';

describe('Tenants', () => {
  function bench(pinned = {}) {
    const time = { now: Date.parse('2031-01-01T00:00:00.000Z') };
    const clock = { now: () => new Date(time.now), newId: () => 'id' };
    const notes = new MemoryNotes(() => clock.now());
    const counts = { finds: 0, lists: 0 };
    const errors: Record<string, unknown>[] = [];
    const counted: Notes = {
      find: (tenant, kind, key) => {
        counts.finds += 1;
        return notes.find(tenant, kind, key);
      },
      list: (query) => {
        counts.lists += 1;
        return notes.list(query);
      },
      put: notes.put.bind(notes),
      walk: notes.walk.bind(notes),
      lookUp: notes.lookUp.bind(notes),
      remove: notes.remove.bind(notes),
      purge: notes.purge.bind(notes),
    };
    const process = () => memoryTenants(counted, clock, { pinned, errors });
    const write = async (record: Partial<TenantRecord> & { readonly id: string }): Promise<void> => {
      await notes.put(noteOfTenant({ ...newTenantRecord(record.id, record.id, clock.now()), ...record }), undefined);
    };
    return { time, notes, counts, errors, process, write };
  }

  it('has the tenant at the root from the first start on, and one only of two processes makes it', async () => {
    const { process, notes } = bench();
    const [one, other] = await Promise.all([process().open(), process().open()]);
    const { settings, path, publicUrl, status } = one.of('default');
    expect({ path, publicUrl, status }).to.deep.equal({
      path: '',
      publicUrl: 'https://keys.example/first',
      status: 'active',
    });
    expect(settings.productName).to.equal('Latchkey');
    expect(one.of('default').salt.equals(other.of('default').salt)).to.equal(true);
    expect(await notes.list({ tenant: installation, kind: 'tenant', limit: 9 })).to.have.length(1);
  });

  it('gives each tenant its own settings, paths and keys', async () => {
    const { process, write } = bench();
    await write({ id: 'acme', settings: { productName: 'Harbour', passwords: { minLength: 20 } } });
    const tenants = await process().open();
    const { settings, path, publicUrl, keys } = tenants.of('acme');
    expect([path, publicUrl, String(keys('pages')[0])]).to.deep.equal([
      '/t/acme',
      'https://keys.example/first/t/acme',
      'acme pages',
    ]);
    expect([settings.productName, settings.passwords.minLength, settings.passwords.history]).to.deep.equal([
      'Harbour',
      20,
      5,
    ]);
    expect(tenants.of('default').settings.productName).to.equal('Latchkey');
    expect(tenants.all().map(({ id }) => id)).to.deep.equal(['default', 'acme']);
    expect(() => tenants.of('nobody')).to.throw(UnknownTenantError);
  });

  it('pins what the file sets for the tenant at the root alone', async () => {
    const { process, write } = bench({ passwords: { minLength: 16 } });
    const own = { passwords: { minLength: 40, history: 7 } };
    await write({ id: 'default', settings: own });
    await write({ id: 'acme', settings: own });
    const tenants = await process().open();
    expect(tenants.of('default').settings.passwords).to.include({ minLength: 16, history: 7 });
    expect(tenants.of('acme').settings.passwords).to.include({ minLength: 40, history: 7 });
  });

  it('looks at one note where nothing has changed, however many tenants there are', async () => {
    const { process, write, counts } = bench();
    for (let index = 0; index < 600; index += 1) await write({ id: `t-${index}` });
    const tenants = await process().open();
    expect(tenants.all()).to.have.length(601);
    Object.assign(counts, { finds: 0, lists: 0 });
    await tenants.refresh();
    expect(counts).to.deep.equal({ finds: 1, lists: 0 });
  });

  it('brings in what another process has made, changed and removed, and keeps the values of the others', async () => {
    const { process, write, notes } = bench();
    await write({ id: 'acme' });
    await write({ id: 'gone' });
    const [here, there] = [await process().open(), await process().open()];
    const acme = here.of('acme');
    await write({ id: 'new' });
    await notes.remove(installation, 'tenant', 'gone');
    await there.mark();
    await here.refresh();
    expect(here.all().map(({ id }) => id)).to.deep.equal(['default', 'acme', 'new']);
    expect(here.of('acme')).to.equal(acme);
  });

  it('finds what a process has written that died before it told', async () => {
    const { process, write, time } = bench();
    const tenants = await process().open();
    await write({ id: 'acme' });
    await tenants.refresh();
    expect(tenants.find('acme')).to.equal(undefined);
    time.now += 60_000;
    await tenants.refresh();
    expect(tenants.find('acme')?.id).to.equal('acme');
  });

  it('asks the store at most once a second for tenants that are not there', async () => {
    const { process, counts, time } = bench();
    const tenants = await process().open();
    Object.assign(counts, { finds: 0, lists: 0 });
    for (let index = 0; index < 50; index += 1) expect(await tenants.load(`t-${index}`)).to.equal(undefined);
    expect(await tenants.load('../etc')).to.equal(undefined);
    expect(counts.finds).to.equal(1);
    time.now += 1_000;
    await tenants.load('t-1');
    expect(counts.finds).to.equal(2);
  });

  it('leaves out a stored setting that cannot be used any more, says so, and serves the tenant', async () => {
    const { process, write, errors } = bench();
    await write({
      id: 'acme',
      settings: {
        productName: 'Harbour',
        removedIn2: true,
        passwords: { minLength: 3, history: 7 },
        timezone: 'Mars/X',
      },
    });
    const { settings } = (await process().open()).of('acme');
    expect([settings.productName, settings.passwords.history, settings.passwords.minLength]).to.deep.equal([
      'Harbour',
      7,
      15,
    ]);
    expect(settings.timezone).to.equal('UTC');
    expect(errors.map(({ tenant, setting }) => [tenant, setting])).to.have.deep.members([
      ['acme', 'removedIn2'],
      ['acme', 'passwords.minLength'],
      ['acme', 'timezone'],
    ]);
  });
});
