import { expect } from 'chai';
import type { JsonObject } from '../../src/base/json.ts';
import { scrubbed } from '../../src/erasure/scrub.ts';
import { Traces } from '../../src/text/traces.ts';

describe('a note without what tells of a person', () => {
  const traces = new Traces(['ines@acme.example']);

  it('loses all of a row that names them, and nothing of the others', () => {
    const value: JsonObject = {
      rows: [
        { line: 2, cells: ['ines@acme.example', 'Ines'], reason: 'no' },
        { line: 3, cells: ['max@acme.example', 'Max'], reason: 'no' },
        { line: 4, kind: 'create', id: 'u1', userName: 'of old', changes: [{ path: 'x' }] },
      ],
    };
    expect(scrubbed(value, 'u1', traces)).to.deep.equal({
      rows: [
        { line: 2, cells: [], reason: '' },
        { line: 3, cells: ['max@acme.example', 'Max'], reason: 'no' },
        { line: 4, kind: 'create', id: 'u1', userName: '', changes: [] },
      ],
    });
  });

  it('loses texts and names of fields that repeat a value', () => {
    const value: JsonObject = { name: 'Of ines@acme.example', by: { 'ines@acme.example': 1 }, ids: ['u1', 'u2'] };
    expect(scrubbed(value, 'u9', traces)).to.deep.equal({ name: '', by: {}, ids: ['u1', 'u2'] });
  });

  it('is the very same where nothing tells of them', () => {
    const value: JsonObject = { rows: [{ line: 1, cells: ['x'] }] };
    expect(scrubbed(value, 'u1', traces)).to.equal(value);
  });
});
