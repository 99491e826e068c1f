import { expect } from 'chai';
import { attributeChanges } from '../../src/domain/attribute-changes.ts';

const none = () => false;
const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe('changes of attributes', () => {
  it('tells each attribute that differs, by its SCIM path, with both values', () => {
    const before = { userName: 'a', name: { givenName: 'A', familyName: 'B' }, [urn]: { department: 'Sea' }, n: 1 };
    const after = {
      userName: 'a',
      name: { givenName: 'C', familyName: 'B' },
      [urn]: { manager: { value: 'm' } },
      n: 2,
    };
    expect(attributeChanges(before, after, none)).to.deep.equal([
      { path: 'name.givenName', before: 'A', after: 'C' },
      { path: `${urn}:department`, before: 'Sea' },
      { path: `${urn}:manager.value`, after: 'm' },
      { path: 'n', before: '1', after: '2' },
    ]);
  });

  it('tells a list as a whole, and of what is hidden the path alone', () => {
    const changes = attributeChanges({}, { emails: [{ value: 'x' }], pin: '1234' }, (path) => path === 'pin');
    expect(changes).to.deep.equal([{ path: 'emails', after: '[{"value":"x"}]' }, { path: 'pin' }]);
  });

  it('shortens long values and long lists of changes', () => {
    const [long] = attributeChanges(undefined, { title: 'x'.repeat(5_000) }, none);
    expect(long?.after)
      .to.have.length.below(450)
      .and.to.match(/… \(5000 characters\)$/);
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`a${n}`, n]));
    const changes = attributeChanges(undefined, many, none);
    expect(changes).to.have.length(101);
    expect(changes.at(-1)).to.deep.equal({ path: 'and 200 more' });
  });

  it('tells nothing of what is the same, and everything of what is gone', () => {
    expect(attributeChanges({ a: { b: [1] } }, { a: { b: [1] } }, none)).to.deep.equal([]);
    expect(attributeChanges({ a: 'x', b: null }, undefined, none)).to.deep.equal([{ path: 'a', before: 'x' }]);
  });
});
