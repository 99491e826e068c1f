import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { onlySent } from '../../../src/scim/answer/only-sent.ts';
import { shippedTypes, userUrn } from '../../support/resource-types.ts';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const meta = { resourceType: 'User', version: 'W/"3"' };
const stored: JsonObject = {
  schemas: [userUrn, enterprise],
  id: 'u1',
  meta,
  userName: 'Ines',
  active: true,
  title: 'Captain',
  name: { givenName: 'Ines', familyName: 'Okoro' },
  emails: [
    { value: 'Ines@x.example', type: 'work', primary: true },
    { value: 'private@x.example', type: 'home' },
  ],
  addresses: [{ locality: 'Lagos', country: 'NG' }],
  notes: ['a', 'b'],
  begun: '2031-05-06T07:08:09Z',
  [enterprise]: { department: 'Tea', manager: { value: 'u2', displayName: 'Ada' } },
};

describe('an answer for a client that may not read', () => {
  const type = shippedTypes.byName('User')!;
  const rows: readonly (readonly [name: string, sent: JsonObject, shown: JsonObject])[] = [
    ['holds id and meta alone where nothing was sent', {}, {}],
    ['shows what was sent', { userName: 'Ines', title: 'Captain' }, { userName: 'Ines', title: 'Captain' }],
    ['knows names in any case', { USERNAME: 'ines' }, { userName: 'Ines' }],
    ['hides what is stored in place of what was sent', { title: 'Cook' }, {}],
    ['hides sub-attributes that were not sent', { name: { familyName: 'Okoro' } }, { name: { familyName: 'Okoro' } }],
    ['knows a boolean that came as text', { active: 'True' }, { active: true }],
    [
      'shows of an element what was sent',
      { emails: [{ value: 'ines@x.example' }] },
      { emails: [{ value: 'Ines@x.example' }] },
    ],
    ['hides elements that were not sent', { emails: [{ value: 'other@x.example', type: 'home' }] }, {}],
    ['hides an element of which a part differs', { emails: [{ value: 'ines@x.example', type: 'home' }] }, {}],
    ['shows elements without a value', { addresses: [{ country: 'NG' }] }, { addresses: [{ country: 'NG' }] }],
    [
      'shows of a reference what was sent, also where it came as a text',
      { [enterprise]: { manager: 'u2' } },
      { [enterprise]: { manager: { value: 'u2' } } },
    ],
    [
      'shows an element that came without a list, as a text or as an object',
      { emails: 'ines@x.example', addresses: { locality: 'lagos' } },
      { emails: [{ value: 'Ines@x.example' }], addresses: [{ locality: 'Lagos' }] },
    ],
    ['shows plain values of a list that were sent', { notes: ['B', 'c'] }, { notes: ['b'] }],
    ['hides plain values in place of which objects were sent', { notes: [{ value: { is: 'a' } }] }, {}],
    ['knows a moment in another spelling', { begun: '2031-05-06T09:08:09+02:00' }, { begun: stored['begun']! }],
    ['hides another moment', { begun: '2031-05-06T07:08:10Z' }, {}],
    ['hides what was sent as null', { title: null, emails: null, name: null }, {}],
    ['hides an object in place of which a text was sent', { name: 'Okoro' }, {}],
    ['hides a text in place of which an object was sent', { title: { value: 'Captain' } }, {}],
    ['hides an object of which nothing was sent', { name: { givenName: 'Tove' } }, {}],
  ];

  for (const [name, sent, shown] of rows) {
    it(name, () => {
      const schemas = [userUrn, ...(enterprise in shown ? [enterprise] : [])];
      expect(onlySent(type, stored, sent)).to.deep.equal({ schemas, id: 'u1', meta, ...shown });
    });
  }

  it('takes a moment for 20,000 elements', () => {
    const emails = Array.from({ length: 20_000 }, (_, index) => ({ value: `m${index}@x.example` }));
    expect(onlySent(type, { ...stored, emails }, { emails })['emails']).to.have.length(20_000);
  });
});
