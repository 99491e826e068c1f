import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';

describe('the files of the embedded store', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-private-'));
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const modes = () =>
    Object.fromEntries(
      readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]),
    );

  it("are their owner's alone, whatever the folder's mode and the umask are", async () => {
    const umask = process.umask(0);
    try {
      const store = await openSqliteStore({ folder, clock: systemClock });
      const open = modes();
      await store.close();
      expect(open).to.include.keys('latchkey.db', 'latchkey.db-wal', 'latchkey.db-shm', 'latchkey.lock');
      expect(new Set(Object.values(open)), JSON.stringify(open)).to.deep.equal(new Set(['600']));
    } finally {
      process.umask(umask);
    }
  });

  it('are so from the next start on, where they were open to all', async () => {
    await (await openSqliteStore({ folder, clock: systemClock })).close();
    writeFileSync(join(folder, 'latchkey.db-backup'), '');
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
    await (await openSqliteStore({ folder, clock: systemClock })).close();
    expect(new Set(Object.values(modes()))).to.deep.equal(new Set(['600']));
  });
});
