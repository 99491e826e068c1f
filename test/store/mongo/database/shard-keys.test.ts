import { expect } from 'chai';
import { indexes } from '../../../../src/store/mongo/database/indexes.ts';
import { shardKeys } from '../../../../src/store/mongo/database/shard-keys.ts';

const isPrefix = (key: readonly string[], of: readonly string[]) => key.every((path, place) => of[place] === path);

describe('Shard keys of MongoDB', () => {
  for (const [name, shardKey] of Object.entries(shardKeys)) {
    const paths = Object.keys(shardKey);
    const all = indexes[name as keyof typeof indexes];

    it(`begin each unique index of ${name}, so that it holds on a cluster`, () => {
      for (const { key, unique } of all)
        if (unique) expect(isPrefix(paths, Object.keys(key)), JSON.stringify(key)).to.equal(true);
    });

    if (!Object.values(shardKey).includes('hashed') && !paths.includes('_id'))
      it(`are served by an index of ${name} that holds every document`, () => {
        const serving = all.filter(
          ({ key, partialFilterExpression, sparse }) =>
            partialFilterExpression === undefined && sparse !== true && isPrefix(paths, Object.keys(key)),
        );
        expect(serving).not.to.deep.equal([]);
      });
  }

  it('are missing for collections alone that stay small', () => {
    const small = Object.keys(indexes).filter((name) => !(name in shardKeys));
    expect(small.sort()).to.deep.equal(['chains', 'clients', 'counts', 'installation', 'leases', 'mails', 'notes']);
  });
});
