import { expect } from 'chai';
import { openCursor, sealCursor, type CursorScope } from '../../../src/scim/endpoint/cursor.ts';
import { ExpiredCursorError, InvalidCursorError } from '../../../src/scim/model/scim-error.ts';

const key = Buffer.alloc(32, 7);
const scope: CursorScope = {
  tenant: 'harbour',
  client: 'okta',
  resourceType: 'User',
  request: { filter: 'title pr', sortBy: 'userName', descending: false },
};
const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 1, 8, 0, seconds));

describe('cursors', () => {
  const cursor = sealCursor(key, scope, { after: '["é😀",42]' }, at(60));

  it('give back the position until they expire', () => {
    expect(openCursor([key], scope, cursor, at(0))).to.deep.equal({ after: '["é😀",42]' });
    expect(openCursor([key], { ...scope }, cursor, at(59))).to.deep.equal({ after: '["é😀",42]' });
    expect(() => openCursor([key], scope, cursor, at(60))).to.throw(ExpiredCursorError);
  });

  it('lead on or back', () => {
    for (const start of [{ after: '<' }, { before: '>' }, { before: 'User:{}' }])
      expect(openCursor([key], scope, sealCursor(key, scope, start, at(60)), at(0))).to.deep.equal(start);
  });

  it('need no escaping in a URL and tell nothing', () => {
    expect(cursor).to.match(/^[\w-]+$/);
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.to.include('42');
    expect(sealCursor(key, scope, { after: '["é😀",42]' }, at(60))).not.to.equal(cursor);
  });

  const others: readonly (readonly [string, CursorScope])[] = [
    ['tenant', { ...scope, tenant: 'quay' }],
    ['client', { ...scope, client: 'entra' }],
    ['resource type', { ...scope, resourceType: 'Group' }],
    ['filter', { ...scope, request: { ...scope.request, filter: 'title  pr' } }],
    ['no filter', { ...scope, request: { ...scope.request, filter: undefined } }],
    ['order', { ...scope, request: { ...scope.request, sortBy: 'id' } }],
    ['direction', { ...scope, request: { ...scope.request, descending: true } }],
  ];
  for (const [what, other] of others)
    it(`are of no use with another ${what}`, () =>
      expect(() => openCursor([key], other, cursor, at(0))).to.throw(InvalidCursorError));

  it('are refused when they are not ours, however old', () => {
    for (const text of [
      '',
      'x',
      'abc',
      '2',
      `${cursor}A`,
      cursor.slice(0, -1),
      `${cursor}=`,
      ` ${cursor}`,
      cursor.toLowerCase(),
      'A'.repeat(2000),
      '💥',
      `${cursor}${cursor}`,
    ]) {
      expect(() => openCursor([key], scope, text, at(99)), text).to.throw(InvalidCursorError);
    }
    expect(() => openCursor([Buffer.alloc(32, 8)], scope, cursor, at(0))).to.throw(InvalidCursorError);
  });

  it('do not survive a change of any of their bytes', () => {
    const bytes = Buffer.from(cursor, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      expect(() => openCursor([key], scope, changed.toString('base64url'), at(0)), String(index)).to.throw(
        InvalidCursorError,
      );
    }
  });
});
