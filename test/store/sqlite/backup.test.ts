import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { backupSqlite } from '../../../src/store/sqlite/backup.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { newUser, TENANT } from '../../contract/fixtures.ts';

describe('backupSqlite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-backup-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('copies what is committed while the store is open, and the copy opens as a store', async () => {
    const store = await openSqliteStore({ folder, clock: systemClock });
    await store.resources.commit(newUser('ines'));
    const other = join(folder, 'copy');
    backupSqlite(folder, `${folder}/copy.db`);
    await store.resources.commit(newUser('rhea'));
    await store.close();
    expect(statSync(`${folder}/copy.db`).mode & 0o777).to.equal(0o600);

    mkdirSync(other);
    renameSync(`${folder}/copy.db`, join(other, 'latchkey.db'));
    const restored = await openSqliteStore({ folder: other, clock: systemClock });
    expect((await restored.resources.get(TENANT, 'User', 'ines'))?.id).to.equal('ines');
    expect(await restored.resources.get(TENANT, 'User', 'rhea')).to.equal(undefined);
    await restored.close();
  });

  it('overwrites nothing, leaves no half copy, and says what is wrong', async () => {
    expect(() => backupSqlite(folder, join(folder, 'x.db'))).to.throw(/no store in/);
    await (await openSqliteStore({ folder, clock: systemClock })).close();
    expect(() => backupSqlite(folder, join(folder, 'latchkey.db'))).to.throw(/is there already/);
    expect(() => backupSqlite(folder, join(folder, 'nowhere', 'x.db'))).to.throw(/cannot be made/);
    expect(existsSync(join(folder, 'nowhere'))).to.equal(false);
  });
});
