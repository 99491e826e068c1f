import { expect } from 'chai';
import { changedAttributes, changeEvents, removalEvent } from '../../../src/provisioning/user/event-policy.ts';

describe('changeEvents', () => {
  const ines = { userName: 'ines', active: true };
  const listed = { ...ines, schemas: ['urn:x'] };
  const off = { ...ines, active: false };
  const data = { userName: 'ines' };
  for (const [title, type, before, after, events] of [
    ['a user', 'User', undefined, ines, [{ type: 'user.created', data }]],
    [
      'a group',
      'Group',
      undefined,
      { displayName: 'Crew' },
      [{ type: 'group.created', data: { displayName: 'Crew' } }],
    ],
    [
      'another resource',
      'Role',
      undefined,
      { displayName: 'R' },
      [{ type: 'resource.created', data: { displayName: 'R' } }],
    ],
    ['a resource without a name', 'Role', undefined, {}, [{ type: 'resource.created', data: {} }]],
    ['no change', 'User', ines, listed, []],
    [
      'a change',
      'User',
      ines,
      { ...ines, title: 'x' },
      [{ type: 'user.updated', data: { ...data, changed: ['title'] } }],
    ],
    [
      'a user switched off',
      'User',
      ines,
      off,
      [
        { type: 'user.updated', data: { ...data, changed: ['active'] } },
        { type: 'user.deactivated', data },
      ],
    ],
    [
      'a user switched on',
      'User',
      off,
      ines,
      [
        { type: 'user.updated', data: { ...data, changed: ['active'] } },
        { type: 'user.reactivated', data },
      ],
    ],
    [
      'active said for the first time',
      'User',
      { userName: 'ines' },
      ines,
      [{ type: 'user.updated', data: { ...data, changed: ['active'] } }],
    ],
    [
      'a group that has an active',
      'Group',
      { active: true },
      { active: false },
      [{ type: 'group.updated', data: { changed: ['active'] } }],
    ],
  ] as const) {
    it(`tells of ${title}`, () => expect(changeEvents(type, before, after)).to.deep.equal(events));
  }

  it('names what changed at the top, in order', () => {
    expect(changedAttributes({ b: [1], a: 1, c: { d: 1 } }, { a: 2, b: [1], c: { d: 2 }, e: 1 })).to.deep.equal([
      'a',
      'c',
      'e',
    ]);
  });
});

describe('removalEvent', () => {
  for (const [type, before, event] of [
    ['User', { userName: 'ines', displayName: 'Ines' }, { type: 'user.deleted', data: { userName: 'ines' } }],
    ['Group', { displayName: 'Crew' }, { type: 'group.deleted', data: { displayName: 'Crew' } }],
    ['Role', {}, { type: 'resource.deleted', data: {} }],
  ] as const) {
    it(`tells of ${type} ${JSON.stringify(before)}`, () => expect(removalEvent(type, before)).to.deep.equal(event));
  }
});
