import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import type { RequestLogEntry } from '../../../src/domain/request-log.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';

describe('the request log in SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-requests-'));
  const start = Date.parse('2031-05-06T00:00:00Z');
  const entry = (n: number): RequestLogEntry => ({
    id: `r${n}`,
    tenant: 'acme',
    at: new Date(start + n).toISOString(),
    client: { id: n % 9_000 === 0 ? 'rare' : 'busy', name: 'x' },
    method: 'GET',
    path: '/Users',
    status: 200,
    ms: 1,
  });
  let store: Store;
  before(async () => {
    store = await openSqliteStore({ folder, clock: systemClock });
    for (let from = 0; from < 25_000; from += 500)
      await store.requests.append(Array.from({ length: 500 }, (_, n) => entry(from + n)));
  });
  after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('goes back no farther than 10,000 entries at once, and misses none', async () => {
    const pages: string[][] = [];
    for (let after: string | undefined; ;) {
      const page = await store.requests.list({
        tenant: 'acme',
        client: 'rare',
        count: 10,
        ...(after === undefined ? {} : { after }),
      });
      pages.push(page.entries.map(({ id }) => id));
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(pages).to.deep.equal([['r18000'], ['r9000'], ['r0']]);
  });

  it('shows every entry once where the pages meet', async () => {
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await store.requests.list({ tenant: 'acme', count: 777, ...(after === undefined ? {} : { after }) });
      seen.push(...page.entries.map(({ id }) => id));
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(seen).to.deep.equal(Array.from({ length: 25_000 }, (_, n) => `r${24_999 - n}`));
  });

  it('forgets thousands, a few at a time', async function () {
    this.timeout(30_000);
    await store.requests.purge('acme', new Date(start + 24_990).toISOString());
    expect(
      (await store.requests.list({ tenant: 'acme', count: 100 })).entries.map(({ id }) => id).reverse(),
    ).to.deep.equal(Array.from({ length: 10 }, (_, n) => `r${24_990 + n}`));
  });
});
