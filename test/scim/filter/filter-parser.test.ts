import { expect } from 'chai';
import type { Filter } from '../../../src/scim/filter/filter.ts';
import { parseFilter } from '../../../src/scim/filter/filter-parser.ts';
import { InvalidFilterError } from '../../../src/scim/model/scim-error.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** A filter as nested text, every group in parentheses. */
function show(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.filters.map(show).join(` ${filter.kind} `)})`;
    case 'not':
      return `!${show(filter.filter)}`;
    case 'present':
      return `${Object.values(filter.path).join('|')}?`;
    case 'compare':
      return `${Object.values(filter.path).join('|')} ${filter.operator} ${JSON.stringify(filter.value)}`;
    case 'element':
      return `${Object.values(filter.path).join('|')}[${show(filter.filter)}]`;
  }
}

describe('parseFilter', () => {
  const wellFormed: readonly (readonly [string, string])[] = [
    // RFC 7644 §3.4.2.2, figure 2
    ['userName eq "bjensen"', 'userName eq "bjensen"'],
    ['name.familyName co "O\'Malley"', 'name|familyName co "O\'Malley"'],
    ['userName sw "J"', 'userName sw "J"'],
    [`${core}:userName sw "J"`, `${core}|userName sw "J"`],
    ['title pr', 'title?'],
    ['meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta|lastModified gt "2011-05-13T04:42:34Z"'],
    ['title pr and userType eq "Employee"', '(title? and userType eq "Employee")'],
    ['schemas eq "urn:x:y"', 'schemas eq "urn:x:y"'],
    [
      'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
      '(userType eq "Employee" and (emails co "example.com" or emails|value co "example.org"))',
    ],
    [
      'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
      '(userType ne "Employee" and !(emails co "example.com" or emails|value co "example.org"))',
    ],
    ['userType eq "Employee" and (emails.type eq "work")', '(userType eq "Employee" and emails|type eq "work")'],
    [
      'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
      '(userType eq "Employee" and emails[(type eq "work" and value co "@example.com")])',
    ],
    [
      'emails[type eq "work" and value co "@x"] or ims[type eq "xmpp" and value co "@y"]',
      '(emails[(type eq "work" and value co "@x")] or ims[(type eq "xmpp" and value co "@y")])',
    ],
    // precedence, letter case, spacing
    ['a pr or b pr and c pr', '(a? or (b? and c?))'],
    ['not (a pr) and b pr or c pr', '((!a? and b?) or c?)'],
    ['(a pr or b pr) and c pr', '((a? or b?) and c?)'],
    ['a PR AND NOT(b Pr) Or c EQ TRUE', '((a? and !b?) or c eq true)'],
    ['  ( a\tpr )  ', 'a?'],
    ['a eq"x"and b pr', '(a eq "x" and b?)'],
    ['not (not (a pr))', '!!a?'],
    ['not eq "x"', 'not eq "x"'],
    ['and eq "x" and or pr', '(and eq "x" and or?)'],
    // literals
    ['a eq "\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e5\\ud83d\\ude00"', `a eq ${JSON.stringify('"\\/\b\f\n\r\tå😀')}`],
    ['a eq ""', 'a eq ""'],
    ['a eq "Å 😀"', 'a eq "Å 😀"'],
    ['a eq 0', 'a eq 0'],
    ['a lt -1.5e3', 'a lt -1500'],
    ['a ge 2E+2', 'a ge 200'],
    ['a eq True', 'a eq true'],
    ['a ne null', 'a ne null'],
    // paths
    [`${enterprise}:manager.value eq "x"`, `${enterprise}|manager|value eq "x"`],
    [`${enterprise}.manager.value eq "x"`, `${enterprise}|manager|value eq "x"`],
    ['manager.$ref pr', 'manager|$ref?'],
    ['emails[$ref pr]', 'emails[$ref?]'],
    ['x-y_z1 pr', 'x-y_z1?'],
    ['emails[type eq "work"].value eq "x"', 'emails[(type eq "work" and value eq "x")]'],
    ['emails[not (type eq "work") or primary eq true]', 'emails[(!type eq "work" or primary eq true)]'],
  ];
  for (const [text, tree] of wellFormed) it(`reads ${text}`, () => expect(show(parseFilter(text))).to.equal(tree));

  const malformed: readonly (readonly [string, number, RegExp])[] = [
    ['', 1, /expected, not the end/],
    ['   ', 4, /expected, not the end/],
    ['userName', 9, /an operator \(eq/],
    ['userName eq', 12, /a value is expected/],
    ["userName eq 'x'", 13, /plain double quotes/],
    ['userName eq “x”', 13, /plain double quotes/],
    ['userName = "x"', 10, /SCIM writes = as eq/],
    ['userName=="x"', 9, /SCIM writes == as eq/],
    ['a != "x"', 3, /SCIM writes != as ne/],
    ['a >= 5', 3, /SCIM writes >= as ge/],
    ['a pr && b pr', 6, /SCIM writes && as and/],
    ['a pr || b pr', 6, /SCIM writes \|\| as or/],
    ['userName eq work', 13, /put text in double quotes: "work"/],
    ['userName equals "x"', 10, /an operator .* not "equals"/],
    ['a pr b pr', 6, /and, or, or the end .* not "b"/],
    ['a eq "x" "y"', 10, /not a text in quotes/],
    ['(a pr', 1, /the "\(" here is never closed/],
    ['a pr)', 5, /the "\)" closes nothing/],
    ['(a pr]', 6, /"\)" of the "\(" at character 1/],
    ['emails[type eq "x"', 7, /the "\[" here is never closed/],
    ['emails[]', 8, /an attribute is expected/],
    ['emails[a[b pr]]', 9, /brackets cannot be nested in/],
    ['not a pr', 1, /not needs parentheses/],
    ['not', 1, /not needs parentheses/],
    ['a pr and', 9, /an attribute is expected/],
    ['and a pr', 5, /an operator/],
    ['()', 2, /an attribute is expected/],
    ['a eq "x', 6, /no closing quote/],
    ['a eq "x\\"', 6, /no closing quote/],
    ['a eq "\\q"', 6, /an escape that JSON does not know/],
    ['a eq "\\u12"', 6, /an escape/],
    ['a eq "\\u0000"', 6, /NUL/],
    ['a eq "\\ud83d"', 6, /surrogate/],
    ['a eq 01', 6, /is not a value/],
    ['a eq +1', 6, /is not a value/],
    ['a eq 1e999', 6, /too large/],
    ['a eq [1]', 6, /a value/],
    ['1a pr', 1, /not the name of an attribute/],
    ['ö pr', 1, /not the name/],
    ['a.b.c pr', 1, /not the name/],
    [':a pr', 1, /not the name/],
    ['urn:x: pr', 1, /not the name/],
    ['"a" eq "b"', 1, /an attribute is expected/],
    ['a pr; drop', 5, /not ";"/],
    ['$where pr', 1, /not the name/],
    ['__proto__ pr', 1, /not the name/],
  ];
  for (const [text, position, reason] of malformed) {
    it(`refuses ${text || 'nothing'}`, () => {
      expect(() => parseFilter(text))
        .to.throw(InvalidFilterError, reason)
        .with.property('message')
        .that.includes(` at character ${position}:`);
    });
  }

  it('takes a filter at each limit and refuses one past it, saying which', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}a pr${')'.repeat(depth)}`;
    const wide = (count: number, one = 'a eq 1') => Array.from({ length: count }, () => one).join(' or ');
    const long = (length: number) => `a eq "${'x'.repeat(length - 7)}"`;
    for (const fine of [nested(32), wide(256), wide(64, 'a co "b"'), long(8192)])
      expect(() => parseFilter(fine)).not.to.throw();
    expect(() => parseFilter(nested(33))).to.throw(InvalidFilterError, 'at most 32 deep');
    expect(() => parseFilter(wide(257))).to.throw(InvalidFilterError, 'at most 256 comparisons');
    for (const one of ['a pr', 'a co "b"', 'a ne 1'])
      expect(() => parseFilter(wide(65, one))).to.throw(InvalidFilterError, 'at most 64 comparisons other than eq');
    expect(() => parseFilter(long(8193))).to.throw(InvalidFilterError, 'longer than 8192 characters');
    expect(() => parseFilter('a pr or b pr', { length: 99, depth: 1, comparisons: 1, scans: 1 })).to.throw(
      InvalidFilterError,
      'at most 1 comparisons',
    );
  });

  it("spends time in proportion to a hostile filter's length, whatever it is", () => {
    const hostile = [
      '('.repeat(2e5),
      'not('.repeat(5e4),
      '"'.repeat(2e5),
      `a eq "${'\\'.repeat(2e5)}`,
      ' '.repeat(2e5),
      'x'.repeat(2e5),
      `${'a.'.repeat(1e5)} pr`,
      `${'urn:'.repeat(5e4)} pr`,
      `a eq ${'1'.repeat(2e5)}x`,
    ];
    const started = process.cpuUsage().user;
    for (const text of hostile)
      expect(() => parseFilter(text, { length: 1e6, depth: 32, comparisons: 256, scans: 64 })).to.throw(
        InvalidFilterError,
      );
    expect((process.cpuUsage().user - started) / 1000).to.be.below(1000);
  });
});
