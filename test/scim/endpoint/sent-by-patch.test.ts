import { expect } from 'chai';
import { sentByPatch } from '../../../src/scim/endpoint/sent-by-patch.ts';
import type { PatchOperation } from '../../../src/scim/patch/patch-op.ts';
import { shippedTypes } from '../../support/resource-types.ts';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const core = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe('what a PATCH sends', () => {
  const type = shippedTypes.byName('User')!;
  const rows: readonly (readonly [name: string, operation: PatchOperation, sent: object])[] = [
    ['an attribute', { op: 'replace', path: 'title', value: 'Captain' }, { title: 'Captain' }],
    ['a sub-attribute', { op: 'add', path: 'name.familyName', value: 'Okoro' }, { name: { familyName: 'Okoro' } }],
    ['names in any case', { op: 'add', path: 'NAME.FAMILYNAME', value: 'O' }, { name: { familyName: 'O' } }],
    ['a path with its URN', { op: 'add', path: `${core}:title`, value: 'C' }, { title: 'C' }],
    [
      'an attribute of an extension',
      { op: 'add', path: `${enterprise}:department`, value: 'Tea' },
      { [enterprise]: { department: 'Tea' } },
    ],
    [
      'an extension as a whole',
      { op: 'add', path: enterprise, value: { department: 'Tea' } },
      { [enterprise]: { department: 'Tea' } },
    ],
    [
      'elements',
      { op: 'add', path: 'emails', value: [{ value: 'a@x.example' }] },
      { emails: [{ value: 'a@x.example' }] },
    ],
    [
      'a part of an element that a filter chooses',
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@x.example' },
      { emails: [{ value: 'a@x.example' }] },
    ],
    [
      'attributes without a path, dotted and with URNs',
      { op: 'add', value: { title: 'C', 'name.givenName': 'Ines', [enterprise]: { department: 'Tea' } } },
      { title: 'C', name: { givenName: 'Ines' }, [enterprise]: { department: 'Tea' } },
    ],
    ['nothing where something is removed', { op: 'remove', path: 'title', value: 'C' }, {}],
    ['nothing by a path that cannot be read', { op: 'add', path: 'emails[type eq', value: 'C' }, {}],
    ['nothing by an attribute that nobody knows', { op: 'add', path: 'favouriteColour', value: 'red' }, {}],
  ];

  for (const [name, operation, sent] of rows) {
    it(name, () => expect(sentByPatch(type, [operation])).to.deep.equal(sent));
  }

  it('everything of several operations, each list and object as a whole', () => {
    const manager = `${enterprise}:manager`;
    expect(
      sentByPatch(type, [
        { op: 'add', path: 'name.givenName', value: 'Ines' },
        { op: 'add', path: 'name', value: { familyName: 'Okoro' } },
        { op: 'add', path: 'emails', value: { value: 'a@x.example' } },
        { op: 'add', path: 'emails', value: [{ value: 'b@x.example' }] },
        { op: 'add', path: manager, value: 'u2' },
        { op: 'replace', path: `${manager}.displayName`, value: 'Ada' },
        { op: 'add', path: `${enterprise}:department`, value: 'Tea' },
        { op: 'add', path: enterprise, value: 'neither' },
        { op: 'add', value: 'nor' },
      ]),
    ).to.deep.equal({
      name: { givenName: 'Ines', familyName: 'Okoro' },
      emails: [{ value: 'a@x.example' }, { value: 'b@x.example' }],
      [enterprise]: { manager: { displayName: 'Ada' }, department: 'Tea' },
    });
  });
});
