import { expect } from 'chai';
import { createHideSecrets } from '../../../src/http/calls/hide-secrets.ts';
import { shippedTypes } from '../../support/resource-types.ts';

const hide = createHideSecrets(shippedTypes);
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N';

describe('hiding secrets', () => {
  const bodies: Record<string, [unknown, unknown]> = {
    'a password, in any letter case': [
      { userName: 'ines', PassWord: 'tulip' },
      { userName: 'ines', PassWord: '***' },
    ],
    'names that no schema of ours knows': [
      { userPassword: 'a', clientSecret: { deep: 'b' }, api_key: 7, pwd: ['c'] },
      { userPassword: '***', clientSecret: '***', api_key: '***', pwd: '***' },
    ],
    'a PATCH whose path is secret': [
      {
        Operations: [
          { op: 'Replace', path: 'password', value: 'tulip' },
          { op: 'add', path: `urn:ietf:params:scim:schemas:core:2.0:User:password`, Value: 'tulip' },
        ],
      },
      {
        Operations: [
          { op: 'Replace', path: 'password', value: '***' },
          { op: 'add', path: `urn:ietf:params:scim:schemas:core:2.0:User:password`, Value: '***' },
        ],
      },
    ],
    'a PATCH without a path': [
      { Operations: [{ op: 'add', value: { password: 'tulip', title: 'Captain' } }] },
      { Operations: [{ op: 'add', value: { password: '***', title: 'Captain' } }] },
    ],
    'dotted and qualified keys': [
      { 'urn:ietf:params:scim:schemas:core:2.0:User:password': 'tulip' },
      { 'urn:ietf:params:scim:schemas:core:2.0:User:password': '***' },
    ],
    'what Bulk carries': [
      { Operations: [{ method: 'POST', path: '/Users', data: { password: 'tulip' } }] },
      { Operations: [{ method: 'POST', path: '/Users', data: { password: '***' } }] },
    ],
    'the private address': [
      { [latchkey]: { notificationEmail: 'ines@home.example', status: 'held' } },
      { [latchkey]: { notificationEmail: '***', status: 'held' } },
    ],
    'tokens, wherever they stand': [
      { note: `use Bearer ${jwt}`, other: [jwt], ours: `lk_${'a'.repeat(43)}` },
      { note: 'use ***', other: ['***'], ours: '***' },
    ],
    'what a filter compares a secret with': [
      { filter: 'userName eq "ines" and password eq "tu\\"lip"' },
      { filter: 'userName eq "***" and password eq "***"' },
    ],
  };
  for (const [name, [body, expected]] of Object.entries(bodies)) {
    it(`hides ${name}`, () => expect(hide.body(body as never)).to.deep.equal(expected));
  }

  it('leaves the rest as it came, flags included', () => {
    const body = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'password',
      emails: [{ value: 'ines@acme.example', type: 'token' }],
      $ref: null,
      active: true,
      count: 1.5,
      [latchkey]: {
        sendPassword: 'True',
        forcePasswordReset: true,
        passwordChangedAt: '2031-05-06T07:08:09Z',
        resend: null,
      },
    };
    expect(hide.body(body)).to.deep.equal(body);
  });

  it('hides what a query compares a secret with, and leaves other queries as they are', () => {
    expect(hide.query('filter=password%20eq%20%22tulip%22&count=1')).to.equal('filter=password+eq+%22***%22&count=1');
    expect(hide.query('filter=password eq "tulip')).to.not.include('tulip');
    expect(hide.query('filter=userName%20eq%20%22a+b%22&x=%zz')).to.equal('filter=userName%20eq%20%22a+b%22&x=%zz');
  });
});
