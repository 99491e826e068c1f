import { expect } from 'chai';
import type { Json } from '../../../src/base/json.ts';
import { parseBulkRequest, type BulkOperation } from '../../../src/scim/bulk/bulk-request.ts';
import { InvalidSyntaxError, ScimError } from '../../../src/scim/model/scim-error.ts';

const urn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const remove = { method: 'DELETE', path: '/Users/u1' } as const;
const read = (...operations: Json[]) => parseBulkRequest({ schemas: [urn], Operations: operations }, 10).operations;

describe('parseBulkRequest', () => {
  for (const [title, sent, operation] of [
    ['a removal', remove, remove],
    ['the data of a removal, which it has no use for', { ...remove, data: { x: 1 } }, remove],
    ['a method in lower case', { ...remove, method: 'delete' }, remove],
    ['names of members in any letter case', { METHOD: 'DELETE', Path: '/Users/u1' }, remove],
    ['a path without its slash', { ...remove, path: 'Users/u1' }, remove],
    ['a version', { ...remove, version: 'W/"3"' }, { ...remove, version: 'W/"3"' }],
    ['a version that is null', { ...remove, version: null }, remove],
    ['a bulkId that is null', { ...remove, bulkId: null }, remove],
    [
      'a create',
      { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'ines' } },
      { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'ines' } },
    ],
  ] as const satisfies readonly (readonly [string, Json, BulkOperation])[]) {
    it(`reads ${title}`, () => expect(read(sent)).to.deep.equal([operation]));
  }

  for (const [title, sent, detail, known] of [
    ['text', 'DELETE /Users/u1', 'must be an object with "method" and "path"', { method: '' }],
    ['a member twice', { ...remove, Path: '/Users/u2' }, '"path" is given twice', { method: '' }],
    [
      'an unknown method',
      { ...remove, method: 'get' },
      '"method" must be POST, PUT, PATCH or DELETE',
      { method: 'GET' },
    ],
    ['a method that is not text', { ...remove, method: 7 }, '"method" must be POST', { method: '' }],
    ['a bulkId that is not text', { ...remove, bulkId: 7 }, '"bulkId" must be text', { method: 'DELETE' }],
    ['an empty bulkId', { ...remove, bulkId: '' }, '"bulkId" must be text', { method: 'DELETE' }],
    ['no path', { method: 'DELETE', bulkId: 'a' }, '"path" must be text such as', { method: 'DELETE', bulkId: 'a' }],
    ['an empty path', { ...remove, path: '' }, '"path" must be text such as', { method: 'DELETE' }],
    ['a version that is not text', { ...remove, version: 3 }, '"version" must be an entity tag', { method: 'DELETE' }],
    ['a create without data', { method: 'POST', path: '/Users' }, '"POST" needs "data"', { method: 'POST' }],
    [
      'a change whose data is a list',
      { method: 'PUT', path: '/Users/u1', data: [] },
      '"PUT" needs "data"',
      { method: 'PUT' },
    ],
  ] as const) {
    it(`keeps ${title} as a fault of that operation alone`, () => {
      const [fault, other] = read(sent as Json, remove);
      if (fault === undefined || !('fault' in fault)) return expect.fail('it is not a fault');
      expect(fault.fault).to.be.instanceOf(InvalidSyntaxError);
      expect(fault.fault.message).to.include(`Operations[0]: ${detail}`);
      expect({ ...fault, fault: undefined }).to.deep.equal({ ...known, fault: undefined });
      expect(other).to.deep.equal(remove);
    });
  }

  it('keeps the second operation of a bulkId as a fault', () => {
    const [first, second] = read({ ...remove, bulkId: 'a' }, { ...remove, bulkId: 'a' });
    expect(first).to.deep.equal({ ...remove, bulkId: 'a' });
    expect(second).to.have.nested.property('fault.message', 'Operations[1]: the bulkId "a" is used twice.');
  });

  for (const [title, more, limits] of [
    ['no limit', {}, { failOnErrors: Infinity, allOrNothing: false }],
    [
      'no limit where it is null',
      { failOnErrors: null, allOrNothing: null },
      { failOnErrors: Infinity, allOrNothing: false },
    ],
    ['a limit', { failOnErrors: 3 }, { failOnErrors: 3, allOrNothing: false }],
    ['the first error where the limit is 0', { failOnErrors: 0 }, { failOnErrors: 1, allOrNothing: false }],
    [
      'the first error for all or nothing',
      { failOnErrors: 3, allOrNothing: true },
      { failOnErrors: 1, allOrNothing: true },
    ],
  ] as const) {
    it(`ends the run at ${title}`, () => {
      const { operations, ...read } = parseBulkRequest({ Operations: [remove], ...more }, 10);
      expect([operations.length, read]).to.deep.equal([1, limits]);
    });
  }

  for (const [title, body, status, detail] of [
    ['another URN', { schemas: ['urn:x'], Operations: [remove] }, 400, `must be ["${urn}"]`],
    ['schemas as text', { schemas: urn, Operations: [remove] }, 400, `must be ["${urn}"]`],
    ['no operations', { schemas: [urn] }, 400, 'a list of at least one operation'],
    ['an empty list', { schemas: [urn], Operations: [] }, 400, 'a list of at least one operation'],
    [
      'a limit that is not whole',
      { Operations: [remove], failOnErrors: 1.5 },
      400,
      '"failOnErrors" must be a whole number',
    ],
    ['a limit below 0', { Operations: [remove], failOnErrors: -1 }, 400, '"failOnErrors" must be a whole number'],
    ['a limit as text', { Operations: [remove], failOnErrors: '1' }, 400, '"failOnErrors" must be a whole number'],
    [
      'allOrNothing as text',
      { Operations: [remove], allOrNothing: 'yes' },
      400,
      '"allOrNothing" must be true or false',
    ],
    ['too many operations', { Operations: Array.from({ length: 11 }, () => remove) }, 413, 'at most 10 operations'],
    ['no body', undefined, 400, 'needs a JSON body'],
  ] as const) {
    it(`refuses ${title}`, () => {
      expect(() => parseBulkRequest(body as Json | undefined, 10))
        .to.throw(ScimError, detail)
        .that.includes({ status });
    });
  }
});
