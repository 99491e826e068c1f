import { expect } from 'chai';
import type { Json } from '../../../src/base/json.ts';
import { InvalidPathError, InvalidSyntaxError, InvalidValueError } from '../../../src/scim/model/scim-error.ts';
import { parsePatchRequest, patchOpUrn } from '../../../src/scim/patch/patch-op.ts';

const remove = { op: 'remove', path: 'title' } as const;
const whole = (operation: Json): Json => ({ schemas: [patchOpUrn], Operations: [operation] });

describe('parsePatchRequest', () => {
  for (const [title, body, operations] of [
    ['the letter of RFC 7644', whole(remove), [remove]],
    ['the URN in any letter case', { schemas: [patchOpUrn.toUpperCase()], Operations: [remove] }, [remove]],
    ['names of members in any letter case', whole({ OP: 'remove', Path: 'title' }), [remove]],
    [
      'null as a value',
      whole({ op: 'replace', path: 'title', value: null }),
      [{ op: 'replace', path: 'title', value: null }],
    ],
    ['`operations`', { schemas: [patchOpUrn], operations: [remove] }, [{ ...remove, rules: ['operationsKey'] }]],
    ['a body without schemas', { Operations: [remove] }, [{ ...remove, rules: ['missingSchemas'] }]],
    ['schemas that are null', { schemas: null, Operations: [remove] }, [{ ...remove, rules: ['missingSchemas'] }]],
    ['schemas as text', { schemas: patchOpUrn, Operations: [remove] }, [{ ...remove, rules: ['schemasAsText'] }]],
    ['`Remove`', whole({ op: 'Remove', path: 'title' }), [{ ...remove, rules: ['capitalisedOp'] }]],
    [
      'a path that is null',
      whole({ op: 'add', path: null, value: {} }),
      [{ op: 'add', value: {}, rules: ['emptyPath'] }],
    ],
    ['no operation', { schemas: [patchOpUrn], Operations: [] }, []],
  ] as const) {
    it(`reads ${title}`, () => expect(parsePatchRequest(body as Json, 'auto')).to.deep.equal(operations));
  }

  for (const [title, body, detail] of [
    ['`operations`', { schemas: [patchOpUrn], operations: [remove] }, /"Operations" must be a list/],
    ['a body without schemas', { Operations: [remove] }, /"schemas" is missing/],
    ['schemas as text', { schemas: patchOpUrn, Operations: [remove] }, /"schemas" must be a list/],
    ['`Remove`', whole({ op: 'Remove', path: 'title' }), /Operations\[0\]: "op" must be in lower case/],
    ['a path that is null', whole({ op: 'add', path: null, value: {} }), /Operations\[0\]: "path" must be text/],
    ['no operation', { schemas: [patchOpUrn], Operations: [] }, /at least one operation/],
  ] as const) {
    it(`refuses ${title} from a client that is taken by the letter`, () => {
      expect(() => parsePatchRequest(body as Json, 'strict')).to.throw(InvalidSyntaxError, detail);
    });
  }

  for (const [title, body, kind, detail] of [
    [
      'another URN',
      { schemas: ['urn:example:x'], Operations: [remove] },
      InvalidSyntaxError,
      `must name "${patchOpUrn}"`,
    ],
    ['a number for the URN', { schemas: [7], Operations: [remove] }, InvalidSyntaxError, `must name "${patchOpUrn}"`],
    [
      'an operation that there is not',
      whole({ op: 'move', path: 'x' }),
      InvalidSyntaxError,
      'Operations[0]: "op" must be "add", "remove" or "replace", not "move"',
    ],
    [
      'an operation without "op"',
      whole({ path: 'x' }),
      InvalidSyntaxError,
      'Operations[0]: "op" must be "add", "remove" or "replace".',
    ],
    [
      'a path that is not text',
      whole({ op: 'remove', path: 7 }),
      InvalidSyntaxError,
      'Operations[0]: "path" must be text',
    ],
    [
      'a path of 8,193 characters',
      whole({ op: 'remove', path: 'x'.repeat(8193) }),
      InvalidPathError,
      'Operations[0]: the path is longer than 8192',
    ],
    [
      'a member of an operation twice',
      whole({ op: 'remove', path: 'x', Path: 'y' }),
      InvalidSyntaxError,
      'Operations[0]: "path" is given twice',
    ],
    [
      'a member of the body twice',
      { schemas: [patchOpUrn], Operations: [remove], operations: [] },
      InvalidSyntaxError,
      '"Operations" is given twice',
    ],
    [
      'add without a value',
      whole({ op: 'add', path: 'title' }),
      InvalidValueError,
      'Operations[0]: "add" needs a "value"',
    ],
  ] as const) {
    it(`refuses ${title}`, () => expect(() => parsePatchRequest(body as Json, 'auto')).to.throw(kind, detail));
  }
});
