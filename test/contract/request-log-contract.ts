import { expect } from 'chai';
import { omit } from '../../src/base/omit.ts';
import { positionOf, type RequestLogEntry, type RequestLogQuery } from '../../src/domain/request-log.ts';
import type { Store } from '../../src/store/store.ts';
import { TENANT } from './fixtures.ts';

const entry = (id: string, changes: Partial<RequestLogEntry> = {}): RequestLogEntry => ({
  id,
  tenant: TENANT,
  at: '2026-03-01T08:00:00.000Z',
  client: { id: 'c1', name: 'Okta' },
  method: 'GET',
  path: '/Users/1',
  status: 200,
  ms: 1.5,
  ...changes,
});
const minute = (n: number) => `2026-03-01T08:${String(n).padStart(2, '0')}:00.000Z`;

/** The SCIM calls of the last days. */
export function requestLogContract(store: () => Store): void {
  describe('request log', () => {
    const ids = async (query: Partial<RequestLogQuery> = {}) =>
      (await store().requests.list({ tenant: TENANT, count: 10, ...query })).entries.map(({ id }) => id);

    it('gives back what was filed, the newest first, with any names in the bodies', async () => {
      const patched = entry('r2', {
        at: minute(2),
        method: 'PATCH',
        query: 'dryRun=true',
        status: 400,
        scimType: 'noTarget',
        detail: 'Operations[1]: nothing there',
        rules: ['capitalisedOp'],
        dropped: ['favouriteColour'],
        operations: [
          { op: 'add', path: 'title', outcome: 'notApplied', rules: ['booleanText'] },
          { op: 'replace', outcome: 'refused' },
        ],
        bodies: { request: { $ref: 'x', 'urn:a.b:2.0:User': { 'dotted.name': null, '': 1 } }, response: [] },
      });
      await store().requests.append([entry('r1', { at: minute(1) }), patched]);
      expect(await store().requests.list({ tenant: TENANT, count: 10 })).to.deep.equal({
        entries: [patched, entry('r1', { at: minute(1) })],
      });
    });

    it('forgets the calls that are named, of their tenant', async () => {
      const calls = [entry('r1'), entry('r2'), entry('r3'), entry('r1', { tenant: 'other' })];
      await store().requests.append(calls);
      await store().requests.remove(TENANT, [positionOf(entry('r1')), positionOf(entry('r3')), 'none']);
      expect(await ids()).to.deep.equal(['r2']);
      expect(await ids({ tenant: 'other' })).to.deep.equal(['r1']);
    });

    it('keeps calls whose caller is not known, and finds them by all but a client', async () => {
      const rest = omit(entry('r1', { status: 401, outcome: 'unknownToken', address: '203.0.113.9' }), 'client');
      await store().requests.append([{ ...rest, tokenEnd: 'wxyz' }, entry('r2')]);
      expect(
        (await store().requests.list({ tenant: TENANT, count: 10, status: { from: 401, to: 401 } })).entries,
      ).to.deep.equal([{ ...rest, tokenEnd: 'wxyz' }]);
      expect(await ids({ client: 'c1' })).to.deep.equal(['r2']);
    });

    it('files an entry once, whoever repeats it, and nothing at all', async () => {
      await store().requests.append([entry('r1')]);
      await store().requests.append([entry('r1'), entry('r2')]);
      await store().requests.append([]);
      expect(await ids()).to.deep.equal(['r2', 'r1']);
    });

    it('shows a tenant its own calls', async () => {
      await store().requests.append([
        entry('r1'),
        entry('r2', { tenant: 'other' }),
        entry('r3', { tenant: `${TENANT}2` }),
      ]);
      expect(await ids()).to.deep.equal(['r1']);
      expect(await ids({ tenant: 'other', after: '9' })).to.deep.equal(['r2']);
    });

    it('finds by client, status, time and path', async () => {
      await store().requests.append([
        entry('r1', { at: minute(1), path: '/Users' }),
        entry('r2', { at: minute(2), client: { id: 'c2', name: 'Entra' }, status: 201 }),
        entry('r3', { at: minute(3), path: '/Groups/7', status: 404 }),
        entry('r4', { at: minute(4), path: '/Users.%5B', status: 409 }),
      ]);
      const found: Record<string, [Partial<RequestLogQuery>, string[]]> = {
        "a client's id": [{ client: 'c2' }, ['r2']],
        "a client's name": [{ client: 'Okta' }, ['r4', 'r3', 'r1']],
        'no such client': [{ client: 'Okt' }, []],
        'one status': [{ status: { from: 201, to: 201 } }, ['r2']],
        'a range of them': [{ status: { from: 400, to: 499 } }, ['r4', 'r3']],
        'a moment': [{ since: minute(3) }, ['r4', 'r3']],
        'a beginning': [{ path: '/users' }, ['r4', 'r2', 'r1']],
        'a dot that is a dot': [{ path: '/Users.' }, ['r4']],
        'all at once': [{ client: 'c1', status: { from: 200, to: 299 }, since: minute(1), path: '/U' }, ['r1']],
      };
      for (const [name, [query, expected]] of Object.entries(found))
        expect(await ids(query), name).to.deep.equal(expected);
    });

    it('goes through all in pages, those of the same moment too', async () => {
      const entries = Array.from({ length: 7 }, (_, n) => entry(`r${n}`, { at: minute(Math.floor(n / 4)) }));
      await store().requests.append(entries);
      const seen: string[] = [];
      for (let after: string | undefined, pages = 0; ;) {
        const page = await store().requests.list({
          tenant: TENANT,
          count: 2,
          ...(after === undefined ? {} : { after }),
        });
        seen.push(...page.entries.map(({ id }) => id));
        expect((pages += 1)).to.be.at.most(4);
        if (page.next === undefined) break;
        after = page.next;
      }
      expect(seen).to.deep.equal(['r6', 'r5', 'r4', 'r3', 'r2', 'r1', 'r0']);
    });

    it('finds many, and few among many', async () => {
      const entries = Array.from({ length: 450 }, (_, n) =>
        entry(`r${String(n).padStart(3, '0')}`, { status: n % 3 === 0 ? 409 : 200 }),
      );
      await store().requests.append(entries);
      const newest = entries.map(({ id }) => id).reverse();
      expect(await ids({ count: 320 })).to.deep.equal(newest.slice(0, 320));
      expect(await ids({ count: 450 })).to.deep.equal(newest);
      const conflicts = newest.filter((id) => Number(id.slice(1)) % 3 === 0);
      const status = { from: 409, to: 409 };
      expect(await ids({ count: 120, status })).to.deep.equal(conflicts.slice(0, 120));
      expect(await ids({ count: 1000, status })).to.deep.equal(conflicts);
      expect((await store().requests.list({ tenant: TENANT, count: 150, status })).next).to.equal(undefined);
      expect((await store().requests.list({ tenant: TENANT, count: 149, status })).next).to.be.a('string');
    });

    it('forgets what is older than a moment, of one tenant', async () => {
      await store().requests.append([
        entry('r1', { at: minute(1) }),
        entry('r2', { at: minute(2) }),
        entry('r3', { at: minute(1), tenant: 'other' }),
      ]);
      await store().requests.purge(TENANT, minute(2));
      expect(await ids()).to.deep.equal(['r2']);
      expect(await ids({ tenant: 'other' })).to.deep.equal(['r3']);
    });
  });
}
