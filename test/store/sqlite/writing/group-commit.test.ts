import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Connection } from '../../../../src/store/sqlite/database/connection.ts';
import { migrate } from '../../../../src/store/sqlite/database/migrate.ts';
import { GroupCommit, type WriteRequest } from '../../../../src/store/sqlite/writing/group-commit.ts';

describe('Group commit', () => {
  let folder = '';
  let groups: GroupCommit;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-groups-'));
    const connection = new Connection(join(folder, 'latchkey.db'), { readOnly: false });
    migrate(connection);
    groups = new GroupCommit(connection);
  });
  afterEach(async () => {
    groups.close();
    await rm(folder, { recursive: true, force: true });
  });

  const seal = (id: number): WriteRequest => ({ id, name: 'sealEventsInBackground', values: ['default', 40] });
  const mail = (id: number, body: string | null = '{}'): WriteRequest => ({
    id,
    name: 'putMail',
    values: ['default', `m${id}`, body],
  });
  const idsOf = (): number[] => groups.commitSome().map(({ id }) => id);

  it('lets those who wait go before what is done in the background, once that has had its turn', () => {
    groups.add([seal(1), mail(2)]);
    expect(idsOf()).to.deep.equal([1]);
    groups.add([seal(3), mail(4)]);
    expect(idsOf()).to.deep.equal([2, 4]);
    expect(idsOf()).to.deep.equal([3]);
    expect(groups.hasWork).to.equal(false);
  });

  it('answers a write that fails by itself, beside those that went through', () => {
    groups.add([mail(1), mail(2, null), mail(3)]);
    expect(groups.commitSome().map((answer) => [answer.id, 'failure' in answer])).to.deep.equal([
      [1, false],
      [2, true],
      [3, false],
    ]);
  });
});
