import { expect } from 'chai';
import type { Json } from '../../../src/base/json.ts';
import { packageFile } from '../../../src/base/package-root.ts';
import {
  bindListRequest,
  parseListParameters,
  parseSearchRequest,
  searchRequestSchema,
} from '../../../src/scim/endpoint/list-query.ts';
import { loadResourceTypes } from '../../../src/scim/validate/load-schemas.ts';
import {
  InvalidCountError,
  InvalidFilterError,
  InvalidSyntaxError,
  InvalidValueError,
} from '../../../src/scim/model/scim-error.ts';

const types = loadResourceTypes([packageFile('schemas')]);
const user = types.byName('User')!;
const parse = (query: string) => parseListParameters(new URLSearchParams(query));
const bind = (query: string) => bindListRequest(user, parse(query), { maxPageSize: 1000 });

const nothing = {
  filter: undefined,
  sortBy: undefined,
  descending: false,
  startIndex: 1,
  count: undefined,
  cursor: undefined,
  attributes: undefined,
  excludedAttributes: undefined,
};

describe('parseListParameters', () => {
  it('reads names in any letter case, and leaves what it does not know', () => {
    expect(parse('')).to.deep.equal(nothing);
    expect(
      parse(
        'FILTER=id+pr&startindex=3&COUNT=7&sortby=userName&sortorder=Descending&attributes=userName,%20emails.value,,&excludedAttributes=groups&dryRun=true',
      ),
    ).to.deep.equal({
      filter: 'id pr',
      sortBy: 'userName',
      descending: true,
      startIndex: 3,
      count: 7,
      cursor: undefined,
      attributes: ['userName', 'emails.value'],
      excludedAttributes: ['groups'],
    });
    expect(parse('cursor=&count=2')).to.deep.equal({ ...nothing, cursor: '', count: 2 });
  });

  it('joins lists of names that are given in pieces', () => {
    expect(
      parse('attributes=userName&Attributes=emails,name&excludedAttributes=&excludedAttributes=groups'),
    ).to.deep.equal({ ...nothing, attributes: ['userName', 'emails', 'name'], excludedAttributes: ['groups'] });
  });

  it('takes numbers below their range for the least (RFC 7644 §3.4.2.4)', () => {
    expect(parse('startIndex=0&count=-1')).to.include({ startIndex: 1, count: 0 });
    expect(parse('startIndex=-99999999999999999999&count=99999999999999999999')).to.include({
      startIndex: 1,
      count: Number.MAX_SAFE_INTEGER,
    });
  });

  const refusals: readonly (readonly [string, RegExp])[] = [
    ['count=abc', /count must be an integer/],
    ['count=', /count/],
    ['count=1.5', /count/],
    ['count=1e3', /count/],
    ['startIndex=x', /startIndex/],
    ['startIndex=0x1', /startIndex/],
    ['count=1&count=2', /count is given more than once/],
    ['filter=id+pr&Filter=id+pr', /filter is given more than once/],
    ['sortOrder=up', /sortOrder must be ascending or descending, not "up"/],
    ['cursor=&startIndex=2', /two ways of paging/],
  ];
  for (const [query, reason] of refusals)
    it(`refuses ${query}`, () => expect(() => parse(query)).to.throw(InvalidValueError, reason));

  it('says invalidCount when the client pages by cursor (RFC 9865 §2.1)', () => {
    expect(() => parse('cursor=&count=abc')).to.throw(InvalidCountError, 'count must be an integer');
  });
});

describe('parseSearchRequest', () => {
  it('reads the same from a body', () => {
    const body = {
      schemas: [searchRequestSchema],
      filter: 'id pr',
      StartIndex: 2,
      count: 5,
      sortBy: 'id',
      sortOrder: 'descending',
      attributes: ['userName'],
      excludedAttributes: null,
    };
    expect(parseSearchRequest(body)).to.deep.equal({
      ...nothing,
      filter: 'id pr',
      startIndex: 2,
      count: 5,
      sortBy: 'id',
      descending: true,
      attributes: ['userName'],
    });
    expect(parseSearchRequest({ count: '5', attributes: 'userName, title' }))
      .to.include({ count: 5 })
      .and.to.deep.include({ attributes: ['userName', 'title'] });
  });

  const refusals: readonly (readonly [
    Json | undefined,
    typeof InvalidValueError | typeof InvalidSyntaxError,
    RegExp,
  ])[] = [
    [undefined, InvalidSyntaxError, /JSON object/],
    [[], InvalidSyntaxError, /JSON object/],
    ['x', InvalidSyntaxError, /JSON object/],
    [{ schemas: ['urn:x'] }, InvalidSyntaxError, /schemas/],
    [{ schemas: 5 }, InvalidSyntaxError, /schemas/],
    [{ filter: 5 }, InvalidValueError, /filter must be a text/],
    [{ count: 1.5 }, InvalidValueError, /count/],
    [{ count: [] }, InvalidValueError, /count/],
    [{ attributes: [5] }, InvalidValueError, /attributes must be a list/],
    [{ attributes: { a: 1 } }, InvalidValueError, /attributes must be a list/],
    [{ count: 1, Count: 2 }, InvalidSyntaxError, /more than once/],
  ];
  for (const [body, type, reason] of refusals)
    it(`refuses ${JSON.stringify(body)}`, () => expect(() => parseSearchRequest(body)).to.throw(type, reason));
});

describe('bindListRequest', () => {
  const step = (key: string, multiValued = false) => ({ key, multiValued });

  it('bounds the page', () => {
    expect(bind('').count).to.equal(100);
    expect(bind('count=0').count).to.equal(0);
    expect(bind('count=5000').count).to.equal(1000);
    expect(bindListRequest(user, parse(''), { maxPageSize: 20 }).count).to.equal(20);
  });

  const orders: readonly (readonly [string, readonly { key: string; multiValued: boolean }[]])[] = [
    ['userName', [step('username')]],
    ['NAME.familyname', [step('name'), step('familyname')]],
    ['emails', [step('emails', true), step('value')]],
    ['meta.lastModified', [step('meta'), step('lastmodified')]],
    ['manager', [step('urn:ietf:params:scim:schemas:extension:enterprise:2%2e0:user'), step('manager'), step('value')]],
    ['meta.location', [step('id')]],
    ['urn:ietf:params:scim:schemas:core:2.0:User:title', [step('title')]],
  ];
  for (const [sortBy, target] of orders)
    it(`sorts by ${sortBy}`, () => expect(bind(`sortBy=${sortBy}`).sort).to.deep.equal({ target, descending: false }));

  it('sorts as told, or not at all', () => {
    expect(bind('sortBy=id&sortOrder=DESCENDING').sort).to.deep.equal({ target: [step('id')], descending: true });
    for (const empty of ['sortBy=', 'sortOrder=', 'attributes=', 'excludedAttributes=%20', 'count=', 'startIndex='])
      expect(() => bind(empty), empty).to.throw(InvalidValueError, empty.split('=')[0]);
  });

  for (const sortBy of [
    'nope',
    'emails.nope',
    'password',
    'name',
    'groups',
    'members',
    'a b',
    'urn:x:y:z',
    '__proto__',
  ]) {
    it(`refuses to sort by ${sortBy}`, () =>
      expect(() => bind(`sortBy=${sortBy}`)).to.throw(InvalidValueError, sortBy));
  }

  it('binds the filter, and refuses an empty one', () => {
    expect(bind('filter=title+pr').condition).to.deep.equal({ kind: 'present', target: [step('title')] });
    expect(() => bind('filter=')).to.throw(InvalidFilterError);
    expect(bind('').condition).to.equal(undefined);
  });

  it('leaves a type unsorted by what only another of the types searched together has', () => {
    expect(
      bindListRequest(types.byName('Group')!, parse('sortBy=userName'), { maxPageSize: 10 }, types.all()).sort,
    ).to.equal(undefined);
  });
});
