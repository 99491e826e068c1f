import { expect } from 'chai';
import { atOnce } from '../../../src/base/cooperative.ts';
import type { Json } from '../../../src/base/json.ts';
import { mayRefer, referencesIn, replaceReferences, splitResource } from '../../../src/scim/bulk/bulk-references.ts';

describe('references to a bulkId', () => {
  for (const [title, value, ids, replaced] of [
    ['as a whole text', { manager: 'bulkId:a' }, ['a'], { manager: 'id-a' }],
    ['in any letter case', ['BULKID:a'], ['a'], ['id-a']],
    ['as a URI', { path: '/Users/bulkId:a' }, ['a'], { path: '/Users/id-a' }],
    [
      'as the end of a $ref',
      { $ref: 'https://x.example/Users/bulkId:a' },
      ['a'],
      { $ref: 'https://x.example/Users/id-a' },
    ],
    ['as the whole of a $ref', { $ref: 'bulkId:a' }, ['a'], { $ref: 'id-a' }],
    [
      'in the filter of a path',
      { path: 'members[value eq "bulkId:a" or value eq "bulkId:b"]' },
      ['a', 'b'],
      { path: 'members[value eq "id-a" or value eq "id-b"]' },
    ],
    [
      'several times',
      [{ value: 'bulkId:a' }, [{ value: 'bulkId:a' }]],
      ['a'],
      [{ value: 'id-a' }, [{ value: 'id-a' }]],
    ],
    ['not within other text', { title: 'about bulkId:a' }, [], { title: 'about bulkId:a' }],
    ['not in a filter that is not a path', { note: 'value eq "bulkId:a"' }, [], { note: 'value eq "bulkId:a"' }],
    ['not in numbers, booleans and null', [1, true, null], [], [1, true, null]],
  ] as const) {
    it(`are found ${title}, and replaced by ids`, () => {
      expect([...atOnce(referencesIn(value as Json))]).to.deep.equal(ids);
      expect(atOnce(replaceReferences(value as Json, (bulkId) => `id-${bulkId}`))).to.deep.equal(replaced);
      if (ids.length > 0) expect(mayRefer(value as Json)).to.equal(true);
    });
  }

  it('may be in what is too large to be looked through at once', () => {
    expect(mayRefer([1, { a: 'b' }, null])).to.equal(false);
    expect(mayRefer(Array.from({ length: 301 }, () => 1))).to.equal(true);
  });
});

describe('splitResource', () => {
  const urn = 'urn:example:2.0:User';
  const isPending = (bulkId: string): boolean => bulkId === 'late';
  for (const [title, data, now, later] of [
    [
      'nothing out of what refers to nothing pending',
      { userName: 'i', manager: 'bulkId:early' },
      { userName: 'i', manager: 'bulkId:early' },
      [],
    ],
    [
      'an attribute',
      { userName: 'i', manager: 'bulkId:late' },
      { userName: 'i' },
      [{ op: 'add', path: 'manager', value: 'bulkId:late' }],
    ],
    [
      'elements of a list',
      { members: [{ value: 'u1' }, { value: 'bulkId:late' }] },
      { members: [{ value: 'u1' }] },
      [{ op: 'add', path: 'members', value: [{ value: 'bulkId:late' }] }],
    ],
    [
      'an attribute of an extension, by its URN',
      { [urn]: { manager: { value: 'bulkId:late' }, department: 'Tea' } },
      { [urn]: { department: 'Tea' } },
      [{ op: 'add', path: `${urn}:manager`, value: { value: 'bulkId:late' } }],
    ],
  ] as const) {
    it(`takes ${title}`, () => {
      expect(atOnce(splitResource(data as unknown as Record<string, Json>, isPending))).to.deep.equal({ now, later });
    });
  }
});
