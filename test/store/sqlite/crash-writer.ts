import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { event, newUser } from '../../contract/fixtures.ts';

/**
 * Run as a process of its own by the crash test: writes users without end and tells its parent of each that is
 * acknowledged.
 */
async function writeForEver(folder: string, round: string): Promise<void> {
  const store = await openSqliteStore({ folder, clock: systemClock });
  let next = 0;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (;;) {
        const id = `${round}-${next++}`;
        const { outcome } = await store.resources.commit(
          newUser(id, { events: [event(`${id}-a`, { resourceId: id }), event(`${id}-b`, { resourceId: id })] }),
        );
        if (outcome !== 'done') throw new Error(`${id} ended as ${outcome}`);
        process.send?.(id);
      }
    }),
  );
}

const [folder = '', round = ''] = process.argv.slice(2);
void writeForEver(folder, round);
