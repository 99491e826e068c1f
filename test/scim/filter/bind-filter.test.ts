import { expect } from 'chai';
import { packageFile } from '../../../src/base/package-root.ts';
import { bindElementFilter, bindFilter } from '../../../src/scim/filter/bind-filter.ts';
import { elementDocument } from '../../../src/scim/search/element-document.ts';
import { parseFilter } from '../../../src/scim/filter/filter-parser.ts';
import { matchCondition, type RelatedDocuments } from '../../../src/scim/search/filter-match.ts';
import { loadResourceTypes } from '../../../src/scim/validate/load-schemas.ts';
import { InvalidFilterError } from '../../../src/scim/model/scim-error.ts';
import { buildSearchDocument } from '../../../src/scim/search/search-document.ts';
import { oddUserType } from '../../support/random-filters.ts';

const types = loadResourceTypes([packageFile('schemas')]);
const user = types.byName('User')!;
const group = types.byName('Group')!;
const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

const ines = buildSearchDocument(user, {
  id: 'u-1',
  version: 3,
  created: '2026-03-01T08:00:00.000Z',
  lastModified: '2026-03-02T08:00:00.120Z',
  resource: {
    schemas: [core, enterprise],
    userName: 'Ines@Entra.example',
    externalId: '00Ab',
    active: true,
    title: '',
    password: 'correct horse',
    name: { familyName: 'Großmann' },
    emails: [
      { value: 'home@x.example', type: 'home' },
      { value: 'ines@x.example', type: 'work', primary: true },
    ],
    [enterprise]: { employeeNumber: '701984', manager: { value: 'm-1' } },
    [latchkey]: { startDate: '2026-05-06T09:08:09+02:00', deliveries: [{ attempts: 2 }] },
  },
});
const related: RelatedDocuments = {
  groups: [
    { value: 'g-1', display: 'dock', type: 'direct' },
    { value: 'g-2', type: 'indirect' },
  ],
};

describe('bindFilter', () => {
  const tove = buildSearchDocument(user, {
    id: 'u-2',
    version: 1,
    created: '2026-03-01T08:00:00.000Z',
    lastModified: '2026-03-01T08:00:00.000Z',
    resource: { schemas: [core], userName: 't', externalId: 'A\u030a', name: { familyName: '' } },
  });
  for (const filter of [
    // caseExact text is not normalised
    'externalId eq "A\u030a"',
    'externalId ne "\u00c5"',
    'not (externalId sw "\u00c5")',
    // a single complex value is there when it holds an empty text, which is no presence
    'name[givenName ne "x"]',
    'name[familyName eq ""]',
    'not (name pr)',
    'name.familyName eq null',
  ]) {
    it(`${filter} is true of a decomposed letter and an empty name`, () => {
      expect(matchCondition(bindFilter(user, parseFilter(filter)), tove, related)).to.equal(true);
    });
  }

  const truths: readonly string[] = [
    // names in any spelling
    'USERNAME eq "ines@entra.EXAMPLE"',
    `${core}:userName eq "ines@entra.example"`,
    `${enterprise.toUpperCase()}:MANAGER.VALUE eq "m-1"`,
    `${enterprise}.manager eq "m-1"`,
    // a complex attribute stands for its value
    'emails eq "INES@x.example"',
    'manager eq "m-1"',
    'emails[type eq "work"].value eq "ines@x.example"',
    'groups eq "g-1"',
    // presence
    'userName pr',
    'not (title pr)',
    'not (nickName pr)',
    'name pr',
    'emails pr',
    `${enterprise} pr`,
    'manager pr',
    'groups pr',
    'meta pr',
    'meta.location pr',
    'emails.primary pr',
    'not (photos pr)',
    // null
    'nickName eq null',
    'userName ne null',
    'title eq null',
    'photos eq null',
    'manager ne null',
    'not (groups eq null)',
    // ne: where nothing is, and where one value differs
    'nickName ne "x"',
    'emails.type ne "work"',
    'groups.display ne "quay"',
    'not (groups.display ne "dock")',
    'photos ne "x"',
    'title ne "x"',
    'emails[primary ne true]',
    'groups[display ne "dock"]',
    // the same element, or any
    'emails[type eq "home" and value sw "home"]',
    'not (emails[type eq "home" and value sw "ines"])',
    'emails.type eq "home" and emails.value sw "ines"',
    'name[familyName ew "MANN"]',
    'not (name[not (familyName pr)])',
    'not (photos[not (value pr)])',
    // literals as clients quote them
    'active eq "True"',
    'active eq TRUE',
    'active ne "false"',
    'employeeNumber eq 701984',
    'deliveries.attempts eq "2"',
    'deliveries.attempts gt 1.5',
    'deliveries.attempts lt 2e1',
    // moments
    'meta.lastModified ge "2026-03-02T08:00:00.1200000Z"',
    'meta.lastModified lt "2026-03-02T08:00:00.1200001Z"',
    'startDate eq "2026-05-06T07:08:09Z"',
    'startDate eq "2026-05-06t08:08:09.000+01:00"',
    'startDate eq "2026-05-06T08:08:09 01:00"',
    'startDate gt "2026-05-06T07:08:08.999999999"',
    // text
    'name.familyName eq "GROSSMANN"',
    'name.familyName co "ß"',
    'userName gt "ines"',
    'externalId eq "00Ab"',
    'not (externalId eq "00ab")',
    'title eq ""',
    'title co ""',
    'not (nickName co "")',
    // meta
    'meta.resourceType eq "User"',
    'not (meta.resourceType eq "Group")',
    'meta.location eq "https://x.example/scim/v2/Users/u-1"',
    'meta.location ne "https://x.example/scim/v2/Groups/u-1"',
    'meta.location ne "u-1"',
    'meta.version eq "W/\\"3\\""',
    'meta.version eq "\\"3\\""',
    'meta.version ge 3',
    'meta.version ne "W/\\"x\\""',
    'meta[version lt 4 and created pr]',
    'id eq "u-1"',
    `schemas eq "${enterprise}"`,
    // relations
    'groups[value eq "g-1" and type eq "DIRECT"]',
    'not (groups[value eq "g-1" and type eq "indirect"])',
    'groups.$ref eq "https://x.example/scim/v2/Groups/g-2"',
    'groups[$ref pr]',
  ];
  for (const filter of truths) {
    it(`${filter} is true`, () =>
      expect(matchCondition(bindFilter(user, parseFilter(filter)), ines, related)).to.equal(true));
  }

  const refusals: readonly (readonly [string, RegExp])[] = [
    ['nope eq "x"', /User has no attribute nope/],
    ['emails.nope pr', /emails\.nope/],
    ['emails[nope pr]', /emails has no sub-attribute nope/],
    ['urn:x:y:userName pr', /urn:x:y:userName/],
    ['urn:x:y:2.0:Z pr', /urn:x:y:2\.0:Z/],
    ['name.constructor pr', /name\.constructor/],
    ['constructor pr', /constructor/],
    ['password eq "correct horse"', /password is never returned/],
    ['password pr', /password is never returned/],
    ['password sw "c" or id pr', /password/],
    ['password eq null', /password/],
    ['sendPassword eq true', /sendPassword/],
    ['name eq "x"', /name is complex .* name\.familyName/],
    ['meta gt "x"', /meta is complex/],
    ['addresses co "x"', /addresses is complex/],
    ['active gt true', /active is of type boolean/],
    ['active co "t"', /boolean/],
    ['active eq 1', /true or false/],
    ['active eq "yes"', /true or false/],
    ['meta.created sw "2026"', /dateTime and cannot be compared by sw/],
    ['meta.created eq "yesterday"', /a dateTime such as/],
    ['meta.created gt "2026-02-30"', /a dateTime/],
    ['meta.created gt "2026-05-06T07:68"', /a dateTime/],
    ['meta.created gt "2026-02-30T00:00:00Z"', /a dateTime/],
    ['meta.created gt 5', /a dateTime/],
    ['deliveries.attempts co 1', /integer/],
    ['deliveries.attempts eq "two"', /a number/],
    ['deliveries.attempts eq true', /a number/],
    ['x509Certificates gt "A"', /binary/],
    ['userName gt null', /null only by eq and ne/],
    ['meta.location co "Users"', /meta\.location/],
    ['meta.version co "3"', /meta\.version/],
    ['meta.version gt "x"', /entity tag/],
    ['groups.$ref co "x"', /\$ref/],
    ['userName[value eq "x"]', /no sub-attributes/],
    ['emails.value[type eq "x"]', /no sub-attributes/],
    ['emails[emails.type eq "work"]', /without a prefix/],
  ];
  for (const [filter, reason] of refusals) {
    it(`refuses ${filter}`, () =>
      expect(() => bindFilter(user, parseFilter(filter))).to.throw(InvalidFilterError, reason));
  }

  it('takes a day, and a time without an offset, for local to the zone it is given', () => {
    for (const [text, instant] of [
      ['2026-12-01', '2026-11-30T23:00:00.000000000Z'],
      ['2026-12-01T08:00:00', '2026-12-01T07:00:00.000000000Z'],
      ['2026-12-01T08:00:00Z', '2026-12-01T08:00:00.000000000Z'],
    ])
      expect(bindFilter(user, parseFilter(`meta.created ge "${text}"`, undefined, 'Europe/Berlin'))).to.include({
        value: instant,
      });
  });

  it('never repeats a password in what it answers', () => {
    expect(() => bindFilter(user, parseFilter('password eq "correct horse"')))
      .to.throw(InvalidFilterError)
      .with.property('message')
      .that.does.not.include('correct');
  });

  it('takes an attribute that only another of the types searched together has for unassigned', () => {
    const bind = (filter: string) => bindFilter(group, parseFilter(filter), types.all());
    expect(bind('userName eq "x"')).to.deep.equal({ kind: 'always', value: false });
    expect(bind('userName ne "x"')).to.deep.equal({ kind: 'always', value: true });
    expect(bind('userName eq null')).to.deep.equal({ kind: 'always', value: true });
    expect(bind('not (emails[type eq "work"])')).to.deep.equal({ kind: 'always', value: true });
    expect(bind(`${enterprise} pr`)).to.deep.equal({ kind: 'always', value: false });
    expect(bind('userName eq "x" or displayName eq "X"')).to.deep.equal(bind('displayName eq "x"'));
    expect(() => bind('nope eq "x"')).to.throw(InvalidFilterError, 'nope');
  });

  it('leaves no needless nests and constants', () => {
    expect(bindFilter(user, parseFilter('((id pr) and (meta pr and (title pr and userName pr)))'))).to.deep.equal({
      kind: 'and',
      conditions: ['id', 'title', 'username'].map((key) => ({
        kind: 'present',
        target: [{ key, multiValued: false }],
      })),
    });
    expect(bindFilter(user, parseFilter('not (not (meta.resourceType eq "Group"))'))).to.deep.equal({
      kind: 'always',
      value: false,
    });
  });
});

describe('bindElementFilter', () => {
  const matches = (name: string, filter: string, element: Parameters<typeof elementDocument>[1]): boolean => {
    const type = name === 'members' ? group : oddUserType();
    const resolved = type.resolve({ attribute: name })!;
    return matchCondition(
      bindElementFilter(type, resolved, parseFilter(filter)),
      elementDocument(resolved.attribute, element),
    );
  };

  it("gives a value path's filter the meaning it has in a query", () => {
    expect(matches('emails', 'type eq "WORK" and not (primary eq true)', { type: 'work', value: 'a' })).to.equal(true);
    expect(matches('emails', 'value ne "a"', { type: 'work' })).to.equal(true);
    expect(matches('marks', 'value gt 2 and $ref eq "X"', { value: 2.5, $ref: 'X' })).to.equal(true);
  });

  it('reads members by value, by $ref and by type', () => {
    const member = { value: 'U-1', type: 'User', display: 'Ines' };
    expect(matches('members', 'value eq "U-1" and type eq "user" and display sw "IN"', member)).to.equal(true);
    expect(matches('members', 'value eq "u-1"', member)).to.equal(false);
    expect(matches('members', '$ref eq "https://x.example/Users/U-1"', member)).to.equal(true);
  });

  it('calls the values of a simple attribute value', () => {
    expect(matches('tags', 'value eq "RED"', 'red')).to.equal(true);
    expect(() => matches('tags', 'type eq "x"', 'red')).to.throw(InvalidFilterError, 'by the name value');
  });
});
