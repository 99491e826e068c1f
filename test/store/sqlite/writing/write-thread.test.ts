import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { StoreUnavailableError } from '../../../../src/provisioning/records/resource-store.ts';
import { Connection } from '../../../../src/store/sqlite/database/connection.ts';
import { migrate } from '../../../../src/store/sqlite/database/migrations.ts';
import { WriteThread } from '../../../../src/store/sqlite/writing/write-thread.ts';

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
    const refused = await Promise.allSettled([writes.run('putMail', '{}'), writes.run('putMail', '{}')]);
    expect(
      refused.map((each) => each.status === 'rejected' && each.reason instanceof StoreUnavailableError),
    ).to.deep.equal([true, true]);

    await mkdir(join(folder, 'later'));
    const connection = new Connection(file, { readOnly: false });
    migrate(connection);
    await writes.run('putMail', '{"n":1}');
    expect(connection.all('SELECT body FROM mailbox')).to.deep.equal([['{"n":1}']]);
    connection.close();
    await writes.close();
  });

  it('tells each caller what became of its own write, in whatever order they end', async () => {
    const file = join(folder, 'latchkey.db');
    const connection = new Connection(file, { readOnly: false });
    migrate(connection);
    connection.close();
    const writes = new WriteThread(file);
    const client = (id: string, tokenHash: string) =>
      ({
        id,
        tenant: 't',
        name: id,
        tokenHash,
        scopes: [],
        profile: 'auto',
        createdAt: '2026-11-21T09:00:00.000Z',
      }) as const;
    const first = [
      writes.run('addClient', client('a', 'h1')),
      writes.run('addClient', client('b', 'h1')),
      writes.run('removeClient', 't', 'none'),
    ];
    await Promise.resolve();
    const rest = [
      writes.run('addClient', client('a', 'h2')),
      writes.run('removeClient', 't', 'a'),
      writes.run('addClient', client('c', 'h3')),
    ];
    const ends = await Promise.allSettled([...first, ...rest]);
    // The second `a` breaks the table's own rule: it fails alone.
    expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : 'refused'))).to.deep.equal([
      true,
      false,
      false,
      'refused',
      true,
      true,
    ]);
    await writes.close();
    expect(await writes.run('removeClient', 't', 'c').then(() => 'went through', String)).to.include('closed');
  });
});
