import { expect } from 'chai';
import { forgetRequests } from '../../src/deferred/forget-requests.ts';
import { MemoryNotes } from '../support/memory-notes.ts';

const tenant = 'harbour';
const kind = 'deferredBatch';
const secrets = { open: (sealed: string, { id }: { readonly id: string }) => sealed.replace(`${id}:`, '') };

describe('batches that wait and name a person who is erased', () => {
  it('are forgotten, and their client is told; all others stay', async () => {
    const notes = new MemoryNotes(() => new Date('2030-01-01T00:00:00Z'));
    for (const [transaction, body] of [
      ['t1', '{"userName":"ines@acme.example"}'],
      ['t2', '{"userName":"max@acme.example"}'],
      ['t3', '{"path":"/Users/person-5"}'],
    ] as const) {
      const sealed = `${transaction}:${body}`;
      await notes.put({ tenant, kind, key: `${transaction}/request`, value: { sealed } }, 0);
      await notes.put({ tenant, kind, key: transaction, value: { client: 'okta' } }, 0);
      await notes.put({ tenant, kind: 'deferredOpen', key: transaction, value: {} }, 0);
    }
    const isTheirs = (text: string) => text.includes('ines@acme.example') || text.includes('person-5');
    expect(await forgetRequests({ notes, secrets }, tenant, isTheirs)).to.equal(2);
    const left = await notes.list({ tenant, kind, limit: 100 });
    expect(left.map(({ key }) => key)).to.deep.equal(['t1', 't2', 't2/request', 't3']);
    expect(left.map(({ value }) => value['status'])).to.deep.equal([409, undefined, undefined, 409]);
    expect(left[0]!.value['client']).to.equal('okta');
    expect((await notes.list({ tenant, kind: 'deferredOpen', limit: 100 })).map(({ key }) => key)).to.deep.equal([
      't2',
    ]);
  });
});
