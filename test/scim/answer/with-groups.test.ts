import { expect } from 'chai';
import { withGroups } from '../../../src/scim/answer/with-groups.ts';

describe('texts of resources with their groups', () => {
  const text = Buffer.from('{"id":"a"\n,"meta":{}},{"id":"ö"\n,"meta":{}},{"id":"c"\n,"meta":{}}');
  const read = (parts: readonly Buffer[]) => JSON.parse(`[${Buffer.concat(parts).toString()}]`) as unknown;

  it('has the groups of each where its line break is', () => {
    const groups = ['', ',"groups":["東京 $& \\n"]', ',"groups":["東京 $& \\n"]'];
    expect(read(withGroups(text, (place) => groups[place]!))).to.deep.equal([
      { id: 'a', meta: {} },
      { id: 'ö', groups: ['東京 $& \n'], meta: {} },
      { id: 'c', groups: ['東京 $& \n'], meta: {} },
    ]);
  });

  it('is as it was where none is in a group', () => {
    expect(Buffer.concat(withGroups(text, () => '')).equals(text)).to.equal(true);
  });
});
