import { expect } from 'chai';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import type { ResourceType } from '../../../src/scim/model/resource-type.ts';
import { InvalidSyntaxError, InvalidValueError } from '../../../src/scim/model/scim-error.ts';
import { validateAttributeValue, validateResource } from '../../../src/scim/validate/validate-resource.ts';
import {
  badgeUrn,
  badgedUserType,
  enterpriseUrn,
  groupType,
  groupUrn,
  latchkeyUrn,
  sample,
  userType,
  userUrn,
} from '../../support/resource-types.ts';

type Mode = { context?: 'create' | 'replace'; unknownAttributes?: 'drop' | 'refuse' };
const validate = (
  type: ResourceType,
  body: Json | undefined,
  { context = 'create', unknownAttributes = 'drop' }: Mode = {},
) => validateResource(type, body, { context, unknownAttributes });
const user = (attributes: JsonObject, type = userType): JsonObject => {
  const { schemas, userName, ...rest } = validate(type, {
    schemas: [userUrn],
    userName: 'ines',
    ...attributes,
  }).resource;
  expect([userName, (schemas as string[])[0]]).to.deep.equal(['ines', userUrn]);
  return rest;
};

describe('validateResource', () => {
  describe('keeps what was sent', () => {
    it('RFC 7643 §8.3, less what is readOnly', () => {
      const body = sample('rfc7643-8.3-enterprise-user.json');
      const { resource, dropped, rules } = validate(userType, body, { unknownAttributes: 'refuse' });
      const { id, meta, groups, ...expected } = structuredClone(body);
      expect([id, meta, groups]).not.to.include(undefined);
      delete ((expected[enterpriseUrn] as JsonObject)['manager'] as JsonObject)['displayName'];
      expect(resource).to.deep.equal(expected);
      expect({ dropped, rules }).to.deep.equal({ dropped: [], rules: [] });
    });

    it('RFC 7643 §8.1 and §8.4', () => {
      expect(validate(userType, sample('rfc7643-8.1-minimal-user.json')).resource).to.deep.equal({
        schemas: [userUrn],
        userName: 'bjensen@example.com',
      });
      const { schemas, displayName, members } = sample('rfc7643-8.4-group.json');
      expect(validate(groupType, sample('rfc7643-8.4-group.json')).resource).to.deep.equal({
        schemas,
        displayName,
        members,
      });
    });

    it('Entra: roles [] and meta go, the enterprise URN without attributes too', () => {
      const { roles, meta, ...rest } = sample('entra-create-user.json');
      expect([roles, meta]).to.deep.equal([[], { resourceType: 'User' }]);
      expect(validate(userType, sample('entra-create-user.json')).resource).to.deep.equal({
        ...rest,
        schemas: [userUrn],
      });
    });

    it('Entra: a stale second schema is no reason to refuse, even in the strict profile', () => {
      const { resource, rules } = validate(groupType, sample('entra-create-group.json'), {
        unknownAttributes: 'refuse',
      });
      expect(resource).to.deep.equal({ schemas: [groupUrn], externalId: '0a1b', displayName: 'Harbour' });
      expect(rules).to.deep.equal(['unknownSchema']);
    });

    it("Okta: groups [] is the server's and goes", () => {
      const { groups, ...rest } = sample('okta-create-user.json');
      expect(groups).to.deep.equal([]);
      expect(validate(userType, sample('okta-create-user.json')).resource).to.deep.equal(rest);
    });

    it('OneLogin: empty texts of a template stay, where they can be values; a number without a number goes', () => {
      const { active, phoneNumbers, ...rest } = sample('onelogin-template-user.json');
      expect(active).to.equal('');
      expect(() => validate(userType, sample('onelogin-template-user.json'))).to.throw(/^active cannot be empty/);
      const { resource, rules } = validate(userType, { ...rest, phoneNumbers: phoneNumbers ?? null });
      expect(resource).to.deep.equal({ ...rest, schemas: [userUrn] });
      expect(rules).to.have.members(['emptyText', 'unknownSchema', 'unlistedSchema']);
    });

    it('a JSON text inside roles (Entra), odd time zones, relative references, times to the letter', () => {
      const odd = {
        roles: [{ value: '{"id":"r1","value":"reader"}' }],
        timezone: 'Mars/Olympus',
        locale: 'xx_YY',
        profileUrl: '../me',
        preferredLanguage: '',
        [latchkeyUrn]: { startDate: '2031-05-06T07:08:09.1234567+02:00' },
      };
      expect(user(odd)).to.deep.equal(odd);
    });
  });

  describe('understands', () => {
    const understood: [string, JsonObject, JsonObject, string[]][] = [
      [
        'booleans as text',
        { active: 'False', emails: [{ value: 'a', primary: 'TRUE' }] },
        { active: false, emails: [{ value: 'a', primary: true }] },
        ['booleanText'],
      ],
      [
        'numbers for text',
        { title: 5, [enterpriseUrn]: { employeeNumber: 701984 } },
        { title: '5', [enterpriseUrn]: { employeeNumber: '701984' } },
        ['numberForText', 'unlistedSchema'],
      ],
      [
        'names in any letter case',
        { DISPLAYNAME: 'x', Name: { GIVENNAME: 'y' } },
        { displayName: 'x', name: { givenName: 'y' } },
        ['nameCase'],
      ],
      [
        'URNs in any letter case',
        { [enterpriseUrn.toUpperCase()]: { Department: 'x' } },
        { [enterpriseUrn]: { department: 'x' } },
        ['nameCase', 'unlistedSchema'],
      ],
      [
        'dotted names',
        { 'name.givenName': 'y', name: { familyName: 'x' }, 'NAME.formatted': 'z' },
        { name: { givenName: 'y', familyName: 'x', formatted: 'z' } },
        ['dottedKey'],
      ],
      [
        'core attributes behind their URN',
        { [`${userUrn}:title`]: 'x', [`${userUrn.toLowerCase()}:name.givenName`]: 'y' },
        { title: 'x', name: { givenName: 'y' } },
        ['urnKey', 'dottedKey'],
      ],
      ['the core schema as an object', { [userUrn]: { title: 'x' } }, { title: 'x' }, ['coreInUrn']],
      [
        'extension attributes behind their URN',
        { [`${enterpriseUrn}:department`]: 'x', [enterpriseUrn]: { division: 'y' } },
        { [enterpriseUrn]: { department: 'x', division: 'y' } },
        ['urnKey', 'unlistedSchema'],
      ],
      [
        'an extension attribute without its URN',
        { department: 'x' },
        { [enterpriseUrn]: { department: 'x' } },
        ['urnLeftOut', 'unlistedSchema'],
      ],
      [
        'addresses as texts',
        { emails: ['a@x', { value: 'b@x', type: 'home' }] },
        { emails: [{ value: 'a@x' }, { value: 'b@x', type: 'home' }] },
        ['bareValue'],
      ],
      [
        'the manager as an id',
        { [`${enterpriseUrn}:manager`]: 'm1' },
        { [enterpriseUrn]: { manager: { value: 'm1' } } },
        ['urnKey', 'bareValue', 'unlistedSchema'],
      ],
      [
        'the manager in a list of one',
        { [enterpriseUrn]: { manager: [{ value: 'm1', $ref: null }] } },
        { [enterpriseUrn]: { manager: { value: 'm1' } } },
        ['listOfOne', 'unlistedSchema'],
      ],
      [
        'the manager behind a dot',
        { [`${enterpriseUrn}.manager`]: { value: 'm1' } },
        { [enterpriseUrn]: { manager: { value: 'm1' } } },
        ['dotAfterUrn', 'unlistedSchema'],
      ],
      [
        "the manager's value by name",
        { [`${enterpriseUrn}:manager.value`]: 'm1' },
        { [enterpriseUrn]: { manager: { value: 'm1' } } },
        ['urnKey', 'dottedKey', 'unlistedSchema'],
      ],
      ['no manager as ""', { [enterpriseUrn]: { manager: '' } }, {}, ['emptyReference']],
      [
        'no manager as {"value": ""}',
        { [enterpriseUrn]: { manager: { value: '', $ref: 'x' } } },
        {},
        ['emptyReference'],
      ],
      [
        'no manager as a dotted ""',
        { [`${enterpriseUrn}:manager.value`]: '' },
        {},
        ['urnKey', 'dottedKey', 'emptyReference'],
      ],
      [
        'a canonical value in other letters',
        { [latchkeyUrn]: { invitationMethod: 'EMAILOTP' } },
        { [latchkeyUrn]: { invitationMethod: 'emailOtp' } },
        ['unlistedSchema'],
      ],
      [
        'null, [] and {} as unassigned',
        { title: null, emails: [], name: {}, nickName: [], addresses: null, photos: [], [latchkeyUrn]: {} },
        {},
        [],
      ],
    ];
    for (const [name, sent, kept, rules] of understood) {
      it(name, () => {
        expect(user(sent)).to.deep.equal(kept);
        expect(validate(userType, { schemas: [userUrn], userName: 'i', ...sent }).rules).to.have.members(rules);
      });
    }

    it('numbers as text, for integers and decimals', () => {
      expect(
        user({ [badgeUrn]: { number: '-12', weight: '1.5e3', lock: { floor: 3 } } }, badgedUserType),
      ).to.deep.equal({ [badgeUrn]: { number: -12, weight: 1500, lock: { floor: 3 } } });
      expect(user({ [badgeUrn]: { number: '' } }, badgedUserType)).to.deep.equal({});
    });

    it('a body without schemas, and lists an extension that is there unlisted', () => {
      const { resource, rules } = validate(userType, { userName: 'i', [latchkeyUrn]: { sendPassword: 'true' } });
      expect(resource['schemas']).to.deep.equal([userUrn, latchkeyUrn]);
      expect(rules).to.have.members(['missingSchemas', 'booleanText']);
    });
  });

  describe('takes a day, or a time without an offset, for local', () => {
    const startOf = (body: JsonObject, timezone?: string) =>
      validateResource(
        userType,
        { userName: 'i', ...body, [latchkeyUrn]: { startDate: '2026-12-01' } },
        { context: 'create', unknownAttributes: 'drop', timezone },
      ).resource[latchkeyUrn];
    const midnights: [JsonObject, string | undefined, string][] = [
      [{ timezone: 'Asia/Tokyo' }, 'Europe/Berlin', '2026-11-30T15:00:00.000Z'],
      [{ [`${userUrn}:TimeZone`]: 'Asia/Tokyo' }, 'Europe/Berlin', '2026-11-30T15:00:00.000Z'],
      [{ [userUrn]: { timezone: 'Asia/Tokyo' } }, 'Europe/Berlin', '2026-11-30T15:00:00.000Z'],
      [{ timezone: 'nowhere' }, 'Europe/Berlin', '2026-11-30T23:00:00.000Z'],
      [{ timezone: '' }, 'Europe/Berlin', '2026-11-30T23:00:00.000Z'],
      [{}, 'Europe/Berlin', '2026-11-30T23:00:00.000Z'],
      [{}, undefined, '2026-12-01T00:00:00.000Z'],
    ];
    for (const [body, timezone, startDate] of midnights)
      it(`${JSON.stringify(body)}, tenant ${timezone ?? 'without one'}: ${startDate}`, () =>
        expect(startOf(body, timezone)).to.deep.equal({ startDate }));
  });

  describe('leaves out', () => {
    it('what is readOnly, without a word', () => {
      const { resource, dropped } = validate(
        userType,
        {
          schemas: [userUrn],
          userName: 'i',
          id: 'mine',
          meta: { version: 'x' },
          groups: [{ value: 'g' }],
          [latchkeyUrn]: { status: 'active', locked: false, deliveries: 'nonsense', verifyEmail: true },
        },
        { unknownAttributes: 'refuse' },
      );
      expect(resource).to.deep.equal({
        schemas: [userUrn, latchkeyUrn],
        userName: 'i',
        [latchkeyUrn]: { verifyEmail: true },
      });
      expect(dropped).to.deep.equal([]);
    });

    it('an address of which a template filled in nothing, and not one that was sent as it is', () => {
      const left = (addresses: Json[]) => validate(userType, { userName: 'i', addresses }).resource['addresses'];
      const oslo = { type: 'home', locality: 'Oslo', region: '' };
      expect(left([{ type: 'work', locality: '', COUNTRY: null }, oslo])).to.deep.equal([oslo]);
      expect(left([{ type: 'work', primary: true, streetAddress: '' }])).to.equal(undefined);
      expect(left([{ type: 'work' }])).to.deep.equal([{ type: 'work' }]);
    });

    it('an element that is there already (RFC 7643 §2.4), whatever else it says', () => {
      const emails: Json[] = [
        { value: 'a', type: 'work', display: 'A' },
        { value: 'a', type: 'home' },
        { value: 'A', type: 'WORK', primary: true },
      ];
      expect(
        validate(userType, {
          userName: 'i',
          emails: [...emails, { type: 'home', value: 'a' }, { TYPE: 'work', value: 'a', display: 'B' }],
        }).resource['emails'],
      ).to.deep.equal([
        { value: 'a', type: 'work', display: 'B', primary: true },
        { value: 'a', type: 'home' },
      ]);
      const addresses = [{ locality: 'Oslo' }, { locality: 'Bergen' }];
      expect(
        validate(userType, { userName: 'i', addresses: [...addresses, ...addresses] }).resource['addresses'],
      ).to.deep.equal(addresses);
    });

    const unknown: [JsonObject, string][] = [
      [{ favouriteColour: 'x' }, 'favouriteColour'],
      [{ emails: [{ value: 'a' }, { value: 'b', verified: true }] }, 'emails[1].verified'],
      [{ name: { nick: 'x' } }, 'name.nick'],
      [{ [enterpriseUrn]: { salary: 1 } }, `${enterpriseUrn}:salary`],
      [{ [`${enterpriseUrn}:salary`]: 1 }, `${enterpriseUrn}:salary`],
      [{ 'urn:example:none:2.0:User': { a: 1 } }, 'urn:example:none:2.0:User'],
      [{ 'emails.value': 'x' }, 'emails.value'],
      [{ 'name.givenName.first': 'x' }, 'name.givenName.first'],
      [JSON.parse('{"__proto__": {"admin": true}}') as JsonObject, '__proto__'],
      [{ name: JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}') as JsonObject }, 'name.__proto__'],
      [{ constructor: 'x' }, 'constructor'],
      [{ locked: false }, 'locked'],
      [{ members: [] }, 'members'],
    ];
    for (const [body, path] of unknown) {
      it(`an unknown ${path}, or refuses it when asked to`, () => {
        const full = { schemas: [userUrn], userName: 'i', ...body };
        // A spread copies __proto__ as a key; it must not have become the prototype of anything.
        const sent = Object.hasOwn(body, '__proto__') ? body : full;
        const { resource, dropped } = validate(userType, { ...full, ...sent, userName: 'i' });
        expect(dropped[0]).to.equal(path);
        expect(resource).not.to.have.property('admin');
        expect(() => validate(userType, { ...full, ...sent, userName: 'i' }, { unknownAttributes: 'refuse' })).to.throw(
          InvalidSyntaxError,
          `'${path}'`,
        );
      });
    }

    it('names at most 50 of them, cut short, and refuses a body that has more than 1,000', () => {
      const strangers = (count: number): JsonObject =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`urn:x:${index}.y`, index]));
      const { dropped, resource } = validate(userType, { userName: 'i', ...strangers(1000) });
      expect(dropped).to.have.length(50);
      expect(resource).to.deep.equal({ schemas: [userUrn], userName: 'i' });
      expect(() => validate(userType, { userName: 'i', ...strangers(1001) })).to.throw(
        InvalidSyntaxError,
        'More than 1000 attributes',
      );
      expect(validate(userType, { userName: 'i', ['x'.repeat(100_000)]: 1 }).dropped[0]).to.have.length(200);
    });
  });

  describe('refuses', () => {
    const details: [string, JsonObject, string][] = [
      ['no userName', { userName: null }, 'userName is required.'],
      ['an empty userName', { userName: '' }, 'userName is required: it must not be empty.'],
      ['a blank userName', { userName: ' \t' }, 'userName is required: it must not be empty.'],
      ['a userName that is no text', { userName: ['ines'] }, 'userName must be a string, not a list.'],
      ['a boolean for text', { title: true }, 'title must be a string, not a boolean.'],
      ['an object for text', { title: { value: 'x' } }, 'title must be a string, not an object.'],
      ['a number that has lost digits', { title: 1e300 }, 'title must be a string, not a number.'],
      ['text for a boolean', { active: 'yes' }, 'active must be true or false, not a string.'],
      ['a number for a boolean', { active: 1 }, 'active must be true or false, not a number.'],
      ['text where a list belongs', { emails: 'ines@x' }, 'emails must be a list, not a string.'],
      ['one object where a list belongs', { emails: { value: 'ines@x' } }, 'emails must be a list, not an object.'],
      [
        'text where an object belongs',
        { addresses: [{ country: 'NG' }, 'b'] },
        'addresses[1] must be an object, not a string.',
      ],
      ['text for a name', { name: true }, 'name must be an object, not a boolean.'],
      [
        'a list deep in a list',
        { [enterpriseUrn]: { manager: [[{ value: 'x' }]] } },
        `${enterpriseUrn}:manager must be an object, not a list.`,
      ],
      [
        'a wrong sub-attribute',
        { emails: [{ value: 'a' }, { type: ['work'] }] },
        'emails[1].type must be a string, not a list.',
      ],
      [
        'a wrong sub-attribute of an extension',
        { [enterpriseUrn]: { manager: { value: {} } } },
        `${enterpriseUrn}:manager.value must be a string, not an object.`,
      ],
      ['text for an extension', { [enterpriseUrn]: 'x' }, `${enterpriseUrn} must be an object, not a string.`],
      [
        'two primary values',
        {
          emails: [
            { value: 'a', primary: true },
            { value: 'b', primary: 'True' },
          ],
        },
        'emails may have primary true on one value only.',
      ],
      [
        'a day there is not',
        { [latchkeyUrn]: { startDate: '2031-02-29T00:00:00Z' } },
        `${latchkeyUrn}:startDate must be a date and time that exist, such as 2031-05-06T07:08:09Z, or a day such as 2031-05-06.`,
      ],
      ['what is not base64', { x509Certificates: [{ value: 'ä' }] }, 'x509Certificates[0].value must be base64.'],
      [
        'NUL',
        { displayName: 'a\0b' },
        'displayName has what cannot be kept: NUL, half of a surrogate pair, or more than 30 combining marks in a row.',
      ],
      [
        'combining marks piled up',
        { displayName: `a${'\u0316\u0301'.repeat(16)}` },
        'displayName has what cannot be kept: NUL, half of a surrogate pair, or more than 30 combining marks in a row.',
      ],
      ['endless text', { displayName: 'a'.repeat(65_537) }, 'displayName must have at most 65536 characters.'],
      [
        'endless lists',
        { roles: Array.from({ length: 2001 }, (_, index) => ({ value: `r${index}` })) },
        'roles may have at most 2000 values.',
      ],
      [
        'half of a surrogate pair',
        { name: { givenName: '\ud83d' } },
        'name.givenName has what cannot be kept: NUL, half of a surrogate pair, or more than 30 combining marks in a row.',
      ],
      [
        'an unknown invitation method',
        { [latchkeyUrn]: { invitationMethod: 'pigeon' } },
        `${latchkeyUrn}:invitationMethod must be one of 'emailLink', 'emailOtp', 'smsOtp'.`,
      ],
    ];
    for (const [name, body, detail] of details) {
      it(name, () =>
        expect(() => validate(userType, { userName: 'i', ...body }))
          .to.throw(InvalidValueError)
          .with.property('message', detail),
      );
    }

    for (const element of [null, {}, { value: null }, { $ref: null, value: null }] as Json[]) {
      it(`members that name nobody: ${JSON.stringify(element)}`, () => {
        const members = [{ value: 'u1' }, element];
        for (const context of ['create', 'replace'] as const)
          expect(() => validate(groupType, { displayName: 'G', members }, { context })).to.throw(
            InvalidValueError,
            'members[1]',
          );
      });
    }

    for (const element of [null, {}, [], { value: null }, { type: 'work', VALUE: null }, { value: [] }] as Json[])
      it(`an element that says nothing: ${JSON.stringify(element)}`, () => {
        for (const name of ['emails', 'phoneNumbers', 'roles'])
          for (const context of ['create', 'replace'] as const)
            expect(() => validate(userType, { userName: 'i', [name]: [{ value: 'a@x' }, element] }, { context }))
              .to.throw(InvalidValueError)
              .with.property('message', `"${name}[1]" says nothing. Each of "${name}" needs a "value".`);
        if (element === null || Object.keys(element).length === 0)
          expect(() => validate(userType, { userName: 'i', addresses: [element] })).to.throw(
            InvalidValueError,
            '"addresses[0]" says nothing',
          );
      });

    for (const emails of [5, [5], [true], [['a@x.example']], { value: 5, type: [] }] as Json[])
      it(`emails that are ${JSON.stringify(emails)}`, () =>
        expect(() => validate(userType, { userName: 'i', emails })).to.throw(InvalidValueError, 'emails'));

    it('a day there is not, in any zone', () => {
      for (const startDate of ['2031-02-30', '2031-02-29T00:00:00', '2031-05-06T24:00:01', '2031-05-06T25:08'])
        expect(() =>
          validateResource(
            userType,
            { userName: 'i', timezone: 'Asia/Tokyo', [latchkeyUrn]: { startDate } },
            { context: 'create', unknownAttributes: 'drop', timezone: 'Europe/Berlin' },
          ),
        ).to.throw(InvalidValueError, `${latchkeyUrn}:startDate`);
    });

    const syntax: [string, Json | undefined, string][] = [
      ['an attribute given twice', { userName: 'a', USERNAME: 'b' }, 'userName is given twice'],
      [
        'a sub-attribute given twice',
        { userName: 'a', name: { givenName: 'a', GivenName: 'a' } },
        'name.givenName is given twice',
      ],
      [
        'a sub-attribute given whole and dotted',
        { userName: 'a', name: { givenName: 'a' }, 'name.givenName': 'b' },
        'name.givenName is given twice',
      ],
      [
        'an extension given twice',
        { userName: 'a', [enterpriseUrn]: { division: 'a' }, [enterpriseUrn.toUpperCase()]: { division: 'a' } },
        `${enterpriseUrn} is given twice`,
      ],
      [
        'an extension attribute given twice',
        { userName: 'a', [enterpriseUrn]: { division: 'a' }, division: 'a' },
        `${enterpriseUrn}:division is given twice`,
      ],
      ['schemas that is no list', { userName: 'a', schemas: userUrn }, 'schemas must be a list of schema URNs.'],
      ['schemas that holds no URNs', { userName: 'a', SCHEMAS: [{}] }, 'schemas must be a list of schema URNs.'],
      ['no body', undefined, "The body must be a JSON object: a resource of type 'User'."],
      ['a list', [], 'The body must be a JSON object'],
      ['null', null, 'The body must be a JSON object'],
      ['text', '{}', 'The body must be a JSON object'],
    ];
    for (const [name, body, detail] of syntax)
      it(name, () => expect(() => validate(userType, body)).to.throw(InvalidSyntaxError, detail));

    it('a group without a name', () => {
      expect(() => validate(groupType, { displayName: null })).to.throw(InvalidValueError, 'displayName is required.');
      expect(() => validate(groupType, { displayName: '' })).to.throw(
        InvalidValueError,
        'displayName is required: it must not be empty.',
      );
    });

    it('numbers out of range', () => {
      for (const number of [1.5, '1.5', 1e16, '9007199254740993', '1e400']) {
        expect(() => user({ [badgeUrn]: { number } }, badgedUserType)).to.throw(
          InvalidValueError,
          `${badgeUrn}:number`,
        );
      }
      expect(() => user({ [badgeUrn]: { weight: '1e400' } }, badgedUserType)).to.throw(
        InvalidValueError,
        `${badgeUrn}:weight`,
      );
    });

    it('values nested 100,000 deep', () => {
      const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as Json;
      const bodies: JsonObject[] = [
        { userName: deep },
        { emails: deep },
        { name: deep },
        { unknown: deep, [enterpriseUrn]: { manager: deep } },
      ];
      for (const body of bodies) {
        expect(() => validate(userType, { userName: 'a', ...body })).to.throw(InvalidValueError);
      }
    });
  });
});

describe('validateAttributeValue', () => {
  const valueOf = (attribute: string, value: Json, element?: boolean, type = userType): Json | undefined => {
    const [name = '', subAttribute] = attribute.split('.');
    const resolved = type.resolve({ attribute: name, ...(subAttribute === undefined ? {} : { subAttribute }) })!;
    return validateAttributeValue(type, resolved, value, {
      unknownAttributes: 'drop',
      ...(element === undefined ? {} : { element }),
    }).value;
  };

  it('normalises whole values, elements and sub-attributes alike', () => {
    expect(valueOf('active', 'False')).to.equal(false);
    expect(valueOf('emails', [{ VALUE: 'a', primary: 'True' }])).to.deep.equal([{ value: 'a', primary: true }]);
    expect(valueOf('emails', { VALUE: 'a', primary: 'True' }, true)).to.deep.equal({ value: 'a', primary: true });
    expect(valueOf('emails.primary', 'True')).to.equal(true);
    expect(valueOf('manager', 'm1')).to.deep.equal({ value: 'm1' });
    expect(valueOf('manager', [{ value: 'm1', displayName: 'no' }])).to.deep.equal({ value: 'm1' });
    expect(valueOf('manager.value', 5)).to.equal('5');
    expect(valueOf('name', { givenName: 'x' }, true)).to.deep.equal({ givenName: 'x' });
    expect(valueOf('externalId', 77)).to.equal('77');
    expect(valueOf('members', [{ value: 'u1', $ref: null }], false, groupType)).to.deep.equal([{ value: 'u1' }]);
  });

  it('answers undefined for what is unassigned', () => {
    for (const value of [null, []]) expect(valueOf('emails', value)).to.equal(undefined);
    expect(() => valueOf('emails', [null])).to.throw(InvalidValueError, 'emails[0]');
    expect(valueOf('title', null)).to.equal(undefined);
    expect(valueOf('manager', { value: '' })).to.equal(undefined);
    expect(valueOf('name', {})).to.equal(undefined);
    expect(valueOf('title', '')).to.equal('');
  });

  it('names the attribute in its refusals', () => {
    expect(() => valueOf('emails', { type: 3.5, value: {} }, true)).to.throw(
      InvalidValueError,
      /^emails\.value must be a string/,
    );
    expect(() => valueOf('emails', [{ value: 'a' }, { type: 'work', value: {} }])).to.throw(
      InvalidValueError,
      /^emails\[1\]\.value must be a string/,
    );
    expect(() => valueOf('emails.primary', 'x')).to.throw(InvalidValueError, /^emails\.primary must be true or false/);
    expect(() => valueOf('userName', '')).to.throw(InvalidValueError, /^userName is required/);
    expect(() => valueOf('startDate', 'tomorrow')).to.throw(
      InvalidValueError,
      `${latchkeyUrn}:startDate must be a date`,
    );
    expect(() => valueOf('emails', [{ primary: true }, { primary: true }])).to.throw(
      InvalidValueError,
      'emails may have primary true on one value only.',
    );
  });

  it('reports what it dropped and which leniences it needed', () => {
    const resolved = userType.resolve({ attribute: 'emails' })!;
    expect(
      validateAttributeValue(
        userType,
        resolved,
        { value: 'a', primary: 'true', x: 1 },
        { unknownAttributes: 'drop', element: true },
      ),
    ).to.deep.equal({ value: { value: 'a', primary: true }, dropped: ['emails.x'], rules: ['booleanText'] });
    expect(() => validateAttributeValue(userType, resolved, [{ x: 1 }], { unknownAttributes: 'refuse' })).to.throw(
      InvalidSyntaxError,
      "'emails[0].x'",
    );
  });
});
