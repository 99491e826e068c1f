import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { eventually, launch, testToken, type Launched } from '../support/launch.ts';
import { stores, type Place } from '../support/served-stores.ts';

const rounds = Number(process.env.KILL_ROUNDS ?? 2);
const people = 40;
const asyncResponse = 'urn:ietf:params:scim:event:misc:asyncresp';

// On MongoDB, what the killed process had leased waits for its minute: only where many rounds are asked for.
for (const [store, find] of process.env.KILL_ROUNDS === undefined ? stores.slice(0, 1) : stores) {
  describe(`kill -9 in the middle of a batch that was answered before it is done, on ${store}`, () => {
    const environment: Record<string, string> = { LATCHKEY_KEY: randomBytes(32).toString('base64') };
    let place: Place | undefined;
    before(async function () {
      this.timeout(300_000); // the MongoDB stand-in may have to be installed
      place = await find();
      if (place === undefined) return this.skip();
      Object.assign(environment, place.environment);
    });
    after(() => place?.leave());

    /** @returns where the batch is asked for, below `/scim/v2` */
    async function begin(server: Launched, round: number): Promise<string> {
      const answer = await fetch(`${server.url}/scim/v2/Bulk`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${testToken}`,
          'content-type': 'application/scim+json',
          prefer: 'respond-async',
        },
        body: JSON.stringify({
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
          Operations: Array.from({ length: people }, (_, n) => ({
            method: 'POST',
            path: '/Users',
            bulkId: `b${n}`,
            data: { schemas: [], userName: `d${round}-${n}@kill.example` },
          })),
        }),
      });
      expect(answer.status).to.equal(202);
      return `/.transactions/${answer.headers.get('set-txn')}`;
    }

    it('makes each person once, with one event each, and tells the end of each operation once', async function () {
      this.timeout(120_000 + rounds * 180_000);
      const transactions: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const server = await launch(environment);
        transactions.push(await begin(server, round));
        await pause(Math.random() * 150);
        await server.end('SIGKILL');
      }
      const server = await launch(environment);
      try {
        for (const [round, path] of transactions.entries()) {
          const body = await eventually(
            'the end of the batch',
            async () => {
              const answer = await server.scim('GET', path);
              return answer.status === 200 && answer.body;
            },
            150,
          );
          const ends = Object.values<string>(body.sets).map((token) => decodeJwt<any>(token).events[asyncResponse]);
          expect(ends.map(({ bulkId }) => bulkId).sort()).to.deep.equal(
            Array.from({ length: people }, (_, n) => `b${n}`).sort(),
          );
          expect([...new Set(ends.map(({ status }) => status))]).to.deep.equal(['201']);
          const filter = encodeURIComponent(`userName sw "d${round}-"`);
          const made = (await server.scim('GET', `/Users?count=200&filter=${filter}`)).body.Resources as any[];
          expect(made).to.have.length(people);
          const events: any[] = await eventually('the events', async () => {
            const created = encodeURIComponent(`type eq "user.created" and target.name sw "d${round}-"`);
            const answer = await server.scim('GET', `/AuditEvents?count=200&filter=${created}`);
            return answer.body.totalResults >= people && answer.body.Resources;
          });
          expect(events.map(({ target }) => target.id).sort()).to.deep.equal(made.map(({ id }) => id).sort());
        }
      } finally {
        expect(await server.end('SIGTERM')).to.equal(0);
      }
    });
  });
}
