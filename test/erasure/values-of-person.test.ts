import { expect } from 'chai';
import { ValueCollector } from '../../src/erasure/values-of-person.ts';
import { emptyChain, sealEvents } from '../../src/history/chain-entry.ts';
import { event } from '../contract/fixtures.ts';

describe('the values of a person', () => {
  it('are what names them: not where they live, what they do or which sort of value it is', () => {
    const values = new ValueCollector();
    values.addRecord({
      tenant: 'default',
      type: 'User',
      id: 'u1',
      version: 1,
      created: '2026-01-01T00:00:00.000Z',
      lastModified: '2026-01-01T00:00:00.000Z',
      resource: {
        userName: 'ines',
        title: 'Engineer',
        name: { givenName: 'Ines', familyName: 'Okoro', honorificPrefix: 'Dr.' },
        emails: [{ value: 'ines@acme.example', type: 'work', primary: true }],
        phoneNumbers: [{ value: '+49 (170) 555-0199', type: 'mobile' }],
        addresses: [{ streetAddress: 'Weg 17', locality: 'Kiel', country: 'DE' }],
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: '7', department: 'Sales' },
      },
      account: { passwordHistory: [], pastInvitations: [], mailedTo: [{ address: 'old@acme.example' }] } as never,
    });
    expect([...values.own].sort()).to.deep.equal(
      [
        '+491705550199',
        '+49 (170) 555-0199',
        '491705550199',
        '7',
        'Ines Okoro',
        'Okoro Ines',
        'Okoro, Ines',
        'Weg 17',
        'ines',
        'ines@acme.example',
        'old@acme.example',
      ].sort(),
    );
    expect([...values.names]).to.deep.equal(['Ines', 'Okoro']);
  });

  it('are those too that events tell they had, in lists that were cut short as well', () => {
    const values = new ValueCollector();
    const { entries } = sealEvents(emptyChain, [
      event('e1', {
        name: 'ines.old',
        changes: [
          { path: 'userName', before: 'ines.older', after: 'ines.old' },
          { path: 'emails', after: '[{"value":"a@acme.example","type":"work"}]' },
          { path: 'emails', before: '[{"value":"b@acme.example","type":"wo… (900 characters)' },
          { path: 'title', after: 'Engineer' },
          { path: 'password' },
        ],
      }),
    ]);
    values.addEvent(entries[0]!);
    expect([...values.own].sort()).to.deep.equal(['a@acme.example', 'b@acme.example', 'ines.old', 'ines.older']);
  });
});
