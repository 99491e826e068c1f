import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { StoreUnavailableError } from '../../../../src/provisioning/records/resource-store.ts';
import { Connection } from '../../../../src/store/sqlite/database/connection.ts';
import { WriteThread } from '../../../../src/store/sqlite/writing/write-thread.ts';
import { migrate } from '../../../../src/store/sqlite/database/migrate.ts';

describe('The writing thread', function () {
  this.timeout(20_000);
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-writes-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('refuses what waits when it dies, and is replaced by the next write', async () => {
    // No folder, no database: the thread ends as soon as it starts.
    const file = join(folder, 'later', 'latchkey.db');
    const writes = new WriteThread(file);
    const refused = await Promise.allSettled([1, 2].map((n) => writes.run('putMail', 'default', `m${n}`, '{}')));
    expect(
      refused.map((each) => each.status === 'rejected' && each.reason instanceof StoreUnavailableError),
    ).to.deep.equal([true, true]);

    await mkdir(join(folder, 'later'));
    const connection = new Connection(file, { readOnly: false });
    migrate(connection);
    await writes.run('putMail', 'default', 'm1', '{"n":1}');
    expect(connection.all('SELECT body FROM mailbox')).to.deep.equal([['{"n":1}']]);
    connection.close();
    await writes.close();
  });

  it('has another generation once a list may hold something else, and the same where it cannot', async () => {
    const file = join(folder, 'latchkey.db');
    const connection = new Connection(file, { readOnly: false });
    migrate(connection);
    connection.close();
    const writes = new WriteThread(file);
    const before = writes.generation;
    await writes.run('appendRequests', '[]');
    expect(writes.generation).to.equal(before);
    const written = writes.run('commitAll', []);
    const asked = writes.generation;
    expect(asked).to.be.greaterThan(before);
    await written;
    expect(writes.generation).to.be.greaterThan(asked);
    await writes.close();
  });

  it('tells each caller what became of its own write, in whatever order they end', async () => {
    const file = join(folder, 'latchkey.db');
    const connection = new Connection(file, { readOnly: false });
    migrate(connection);
    connection.close();
    const writes = new WriteThread(file);
    const now = '2026-11-21T09:00:00.000Z';
    const note = (key: string, lookup: string, tenant = 't') => ({
      tenant,
      kind: 'k',
      key,
      value: {},
      lookups: [lookup],
    });
    const first = [
      writes.run('putNote', note('a', 'h1'), 0, now),
      writes.run('putNote', note('b', 'h1'), 0, now),
      writes.run('removeNote', 't', 'k', 'none', undefined, now),
    ];
    await Promise.resolve();
    const nowhere = note('a', 'h2', null as unknown as string);
    const rest = [
      writes.run('putNote', nowhere, 0, now),
      writes.run('removeNote', 't', 'k', 'a', undefined, now),
      writes.run('putNote', note('c', 'h3'), 0, now),
    ];
    const ends = await Promise.allSettled([...first, ...rest]);
    // What has no tenant breaks the table's own rule: it fails alone.
    const done = { outcome: 'done', version: 1 };
    expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : 'refused'))).to.deep.equal([
      done,
      { outcome: 'taken' },
      false,
      'refused',
      true,
      done,
    ]);
    await writes.close();
    const late = writes.run('removeNote', 't', 'k', 'c', undefined, now);
    expect(await late.then(() => 'went through', String)).to.include('closed');
  });
});
