import { expect } from 'chai';
import { AuditedNotes } from '../../src/history/audited-notes.ts';
import { installation, type Notes } from '../../src/domain/notes.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import { MemoryNotes } from '../support/memory-notes.ts';

describe('notes whose changes the audit tells', () => {
  const clock = { now: () => new Date('2036-03-01T08:00:00.000Z'), newId: () => 'e1' };

  /** What is told, beside notes in memory. */
  function told(): { readonly notes: AuditedNotes; readonly events: DomainEvent[] } {
    const events: DomainEvent[] = [];
    const memory = new MemoryNotes(clock.now);
    const put: Notes['put'] = async (draft, expected, made = []) => {
      events.push(...made);
      return memory.put(draft, expected);
    };
    const remove: Notes['remove'] = async (tenant, kind, key, expected, made = []) => {
      events.push(...made);
      return memory.remove(tenant, kind, key, expected);
    };
    const over = new Proxy<Notes>(memory, {
      get: (target, name) =>
        name === 'put' ? put : name === 'remove' ? remove : Reflect.get(target, name).bind(target),
    });
    return { notes: new AuditedNotes(over, clock, 'default'), events };
  }

  it('tell the end of a tenant to the operator alone: another of its id finds nothing of it in its audit', async () => {
    const { notes, events } = told();
    const tenant = (status: string, name: string) => ({
      tenant: installation,
      kind: 'tenant',
      key: 'sus',
      value: { name, status },
    });
    await notes.put(tenant('active', 'Sus Ltd'), 0);
    await notes.put(tenant('suspended', 'Sus Ltd'), 1);
    await notes.put(tenant('erasing', ''), 2);
    await notes.remove(installation, 'tenant', 'sus', 3);
    expect(events.map(({ tenant: of, type }) => [of, type])).to.deep.equal([
      ['sus', 'configuration.created'],
      ['sus', 'configuration.updated'],
      ['default', 'configuration.updated'],
      ['default', 'configuration.removed'],
    ]);
  });

  it('tell that a secret of settings was kept or forgotten, and never the secret', async () => {
    const { notes, events } = told();
    await notes.put(
      { tenant: 'acme', kind: 'keptSecret', key: 'crm', value: { sealed: 'the sealed text', at: 'now' } },
      0,
    );
    await notes.remove('acme', 'keptSecret', 'crm');
    expect(events.map(({ tenant, resourceType, resourceId }) => [tenant, resourceType, resourceId])).to.deep.equal([
      ['acme', 'Secret', 'crm'],
      ['acme', 'Secret', 'crm'],
    ]);
    expect(JSON.stringify(events)).not.to.include('the sealed text');
  });
});
