import { expect } from 'chai';
import { createHideSecrets } from '../../../src/http/calls/hide-secrets.ts';
import { presentedSecrets } from '../../../src/http/calls/presented-secrets.ts';
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
    'names with separators, in any case': [
      { 'X-API-Key': 'a', passwordHash: 'b', ACCESS_TOKEN: 'c', 'client-secret': 'd', Authorization: 'e', code: 'f' },
      {
        'X-API-Key': '***',
        passwordHash: '***',
        ACCESS_TOKEN: '***',
        'client-secret': '***',
        Authorization: '***',
        code: '***',
      },
    ],
    'nested ones, and properties that are named beside their value': [
      {
        a: [{ b: { userpassword: 'x', one_time_code: 1 } }],
        properties: [
          { key: 'otp', value: '1' },
          { key: 'city', value: 'Lagos' },
        ],
      },
      {
        a: [{ b: { userpassword: '***', one_time_code: '***' } }],
        properties: [
          { key: 'otp', value: '***' },
          { key: 'city', value: 'Lagos' },
        ],
      },
    ],
    'the path of a Bulk operation': [
      { Operations: [{ method: 'DELETE', path: '/Users/1?access_token=tulip&x=1' }] },
      { Operations: [{ method: 'DELETE', path: '/Users/1?access_token=***&x=1' }] },
    ],
    'what an error repeats': [
      { detail: 'the filter "password eq tulip" is malformed' },
      { detail: 'the filter "password eq ***" is malformed' },
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
      secretary: 'Ada',
      addresses: [{ postalCode: '1010', country: 'NG', countryCode: 'NG' }],
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
    expect(hide.query('filter=password%20eq%20tulip')).to.equal('filter=password+eq+***');
    expect(hide.query('filter=not%20(emails[value%20eq%20%22a%22]%20or%20PassWord%20sw%20tulip)')).to.not.include(
      'tulip',
    );
    expect(hide.query('filter=password eq "tulip')).to.not.include('tulip');
    expect(hide.query('filter=userName%20eq%20%22a+b%22&x=%zz')).to.equal('filter=userName%20eq%20%22a+b%22&x=%zz');
  });

  it('hides parameters by their names', () => {
    for (const name of [
      'access_token',
      'password',
      'Api-Key',
      'x-api-key',
      'clientSecret',
      'code',
      'client_assertion',
      'jwt',
    ])
      expect(hide.query(`count=1&${name}=tulip`), name).to.equal(`count=1&${name}=***`);
    for (const name of ['startIndex', 'attributes', 'dryRun', 'postalCode', 'sortBy'])
      expect(hide.query(`${name}=tulip`), name).to.equal(`${name}=tulip`);
  });

  it('hides what stands in a path', () => {
    expect(hide.path(`/Users/lk_${'a'.repeat(43)}`)).to.equal('/Users/***');
    expect(hide.path('/hooks/token=tulip/x')).to.equal('/hooks/token=***/x');
    const link = 'A9z-'.repeat(10) + 'abc';
    for (const path of [`/set-password/${link}`, `/x/3D${link}`, `/Users/${link}.`, `/${link}%20`])
      expect(hide.path(path), path).to.match(/^\/(?:[\w-]+\/)?\*\*\*(?:[.]|%20)?$/);
    expect(hide.query(`filter=userName eq "${link}"`)).to.not.include(link);
    expect(hide.path('/password/tulip')).to.equal('/password/***');
    expect(hide.path('/admin/v1/clients/acme/credentials/2819c223-7f76-453a-919d-413861904646/rotate')).to.equal(
      '/admin/v1/clients/acme/credentials/2819c223-7f76-453a-919d-413861904646/rotate',
    );
    expect(hide.query('session=tulip&pw=rose&sid=lily')).to.equal('session=***&pw=***&sid=***');
    expect(hide.path('/hooks;password%3Dtulip')).to.equal('/hooks;password%3D***');
    expect(hide.path('/Users/2819c223-7f76-453a-919d-413861904646')).to.equal(
      '/Users/2819c223-7f76-453a-919d-413861904646',
    );
  });

  it('shows of what names a secret the names alone: attributes, filters, orders, in queries and in bodies', () => {
    for (const [query, shown] of [
      ['attributes=password.tulip', 'attributes=password.***'],
      ['attributes=userName,password.tulip,emails.value', 'attributes=userName%2Cpassword.***%2Cemails.value'],
      ['excludedAttributes=PASSWORD.tulip', 'excludedAttributes=PASSWORD.***'],
      [
        `attributes=urn:ietf:params:scim:schemas:core:2.0:User:password.tulip`,
        'attributes=urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser%3Apassword.***',
      ],
      ['attributes=password:tulip', 'attributes=***'],
      ['attributes=password tulip', 'attributes=password+***'],
      ['sortBy=password', 'sortBy=password'],
      ['sortBy=password.tulip', 'sortBy=password.***'],
      ['sortBy=password%3Dtulip', 'sortBy=***'],
      ['filter="tulip" eq password', 'filter=%22***%22+eq+***'],
      ['filter=tulip eq password', 'filter=***+eq+***'],
      ['filter=password.tulip pr', 'filter=password.***+pr'],
      ['filter=emails[password eq tulip]', 'filter=emails%5Bpassword+eq+***%5D'],
      ['filter=password"tulip"', 'filter=password%22***%22'],
      ['filter=password%2520eq%2520tulip', 'filter=***'],
      ['filter=clientSecret eq tulip and active eq true', 'filter=clientSecret+eq+***+and+active+eq+true'],
      ['filter=notificationEmail pr', 'filter=notificationEmail pr'],
    ] as const)
      expect(hide.query(query), query).to.equal(shown);
    expect(
      hide.body({ filter: 'password sw tulip', sortBy: 'password.tulip', attributes: ['password.tulip', 'userName'] }),
    ).to.deep.equal({ filter: 'password sw ***', sortBy: 'password.***', attributes: ['password.***', 'userName'] });
    expect(hide.text('password.tulip')).to.equal('password.***');
    expect(hide.prose("'password.tulip' is not an attribute of User")).to.equal(
      "'password.***' is not an attribute of User",
    );
  });

  describe('of a caller that repeats its own credentials', () => {
    const token = 'correct-horse/battery+staple~2819c223=';
    const own = hide.presenting(presentedSecrets(`Bearer ${token}`));

    it('hides them in whatever shape, encoded or not', () => {
      const spellings = [
        token,
        encodeURIComponent(token),
        encodeURIComponent(encodeURIComponent(token)),
        [...token].map((character) => `%${character.charCodeAt(0).toString(16)}`).join(''),
        token.replace('o', '%6F'),
      ];
      for (const spelling of spellings) {
        expect(own.path(`/Users/${spelling}`), spelling).to.equal('/Users/***');
        expect(own.query(`x=${spelling}&count=1`), spelling).to.equal('x=***&count=1');
        expect(own.prose(`nothing is served at /${spelling}`), spelling).to.equal('nothing is served at /***');
      }
      expect(own.body({ title: `my ${token}`, [token]: [token] })).to.deep.equal({ title: 'my ***', '***': ['***'] });
      expect(own.text(`emails[value eq "${token}"]`)).to.equal('emails[value eq "***"]');
    });

    it('knows the password of Basic, a field without a scheme, and an id in the place of a token', () => {
      const id = '2819c223-7f76-453a-919d-413861904646';
      const basic = `Basic ${Buffer.from(`okta:${id}`).toString('base64')}`;
      for (const field of [basic, id, `Bearer ${id}`, `Bearer Bearer ${id}`])
        expect(hide.presenting(presentedSecrets(field)).path(`/${id}/Users`), field).to.equal('/***/Users');
      expect(hide.presenting(presentedSecrets(undefined)).path(`/Users/${id}`)).to.equal(`/Users/${id}`);
    });
  });

  it('takes a moment for long texts', () => {
    for (const part of ['a:', 'a=', 'password ', 'a.b-', 'password eq ', ' eq', '%20', '"'])
      for (const cut of [0, 1])
        expect(hide.prose(part.repeat(4000 / part.length) + ' '.repeat(cut * 4000)).length).to.be.above(1);
  }).timeout(1000);
});
