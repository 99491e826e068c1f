import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { eventually, launch, type Launched } from '../support/launch.ts';
import { stores, type Place } from '../support/served-stores.ts';

const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const rounds = Number(process.env.KILL_ROUNDS ?? 3);
const creates = Number(process.env.KILL_CREATES ?? 120);

/**
 * Creates invited users in parallel and kills the server at a random moment; answers the names that were
 * acknowledged.
 */
async function createUntilKilled(
  server: Launched,
  round: number,
  size: number,
): Promise<{ acknowledged: string[]; asked: string[] }> {
  const acknowledged: string[] = [];
  const asked: string[] = [];
  const killAt = Math.floor(Math.random() * size);
  let next = 0;
  let killed: Promise<unknown> | undefined;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < size && killed === undefined) {
        const n = next++;
        if (n === killAt) killed = server.end('SIGKILL');
        const userName = `r${round}-${n}@kill.example`;
        asked.push(userName);
        const answer = await server
          .scim('POST', '/Users', {
            schemas: [],
            userName,
            emails: [{ value: userName }],
            [extension]: { preRegistration: true },
          })
          .catch(() => undefined);
        if (answer?.status === 201) acknowledged.push(userName);
      }
    }),
  );
  await (killed ?? server.end('SIGKILL'));
  return { acknowledged, asked };
}

/** Every user by name, with the timeline. */
async function allUsers(server: Launched): Promise<Map<string, any>> {
  const users = new Map<string, any>();
  for (let startIndex = 1, total = 1; startIndex <= total; startIndex += 1000) {
    const { body } = await server.scim(
      'GET',
      `/Users?count=1000&startIndex=${startIndex}&attributes=userName,${extension}:deliveries`,
    );
    total = body.totalResults;
    for (const user of body.Resources) users.set(user.userName, user);
  }
  return users;
}

/** Each user has the one event of their creation, no event tells of a user who is not there, and the chain goes on. */
async function expectAudit(server: Launched, stored: ReadonlyMap<string, any>): Promise<void> {
  const events: any[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const { body } = await server.scim('GET', `/AuditEvents?count=1000&cursor=${encodeURIComponent(cursor)}`);
    events.push(...body.Resources);
    cursor = body.nextCursor;
  }
  events.sort((one, other) => one.seq - other.seq);
  expect(events.map(({ seq }) => seq)).to.deep.equal(events.map((_, index) => index + 1));
  expect(events.slice(1).map(({ prev }) => prev)).to.deep.equal(events.slice(0, -1).map(({ hash }) => hash));
  const created = events.filter(({ type }) => type === 'user.created').map(({ target }) => target.id);
  expect(created.sort(), 'an event for each change, a change for each event').to.deep.equal(
    [...stored.values()].map(({ id }) => id).sort(),
  );
}

// On MongoDB, where other processes may live on, what the killed one had leased waits for its minute: only where many
// rounds are asked for.
for (const [store, find] of process.env.KILL_ROUNDS === undefined ? stores.slice(0, 1) : stores) {
  describe(`kill -9 in the middle of creates, on ${store}`, () => {
    const environment: Record<string, string> = { LATCHKEY_KEY: randomBytes(32).toString('base64') };
    let place: Place | undefined;
    before(async function () {
      this.timeout(300_000); // the MongoDB stand-in may have to be installed
      place = await find();
      if (place === undefined) return this.skip();
      Object.assign(environment, place.environment);
    });
    after(() => place?.leave());

    it('loses no acknowledged user and no mail, and mails nobody twice but in the very moment of the kill', async function () {
      this.timeout(300_000 + rounds * (30_000 + creates * 1_000));
      const acknowledged = new Set<string>();
      const asked = new Set<string>();
      for (let round = 0; round < rounds; round += 1) {
        const outcome = await createUntilKilled(await launch(environment), round, creates);
        outcome.acknowledged.forEach((name) => acknowledged.add(name));
        outcome.asked.forEach((name) => asked.add(name));
      }
      const server = await launch(environment);
      try {
        const stored = await allUsers(server);
        expect(
          [...acknowledged].filter((name) => !stored.has(name)),
          'acknowledged and lost',
        ).to.deep.equal([]);
        expect(
          [...stored.keys()].filter((name) => !asked.has(name)),
          'never asked for',
        ).to.deep.equal([]);
        await eventually(
          'every invitation',
          async () => {
            const { body } = await server.scim(
              'GET',
              `/Users?count=0&filter=${encodeURIComponent(`${extension}:status eq "invited"`)}`,
            );
            return body.totalResults === stored.size;
          },
          90 + stored.size,
        );
        // The mailbox keeps the newest thousand, so each user's own timeline is what is counted.
        for (const user of (await allUsers(server)).values()) {
          const deliveries = user[extension]?.deliveries ?? [];
          expect(
            deliveries.filter(({ template }: { template: string }) => template === 'invitation'),
            user.userName,
          ).to.have.lengthOf(1);
        }
        const copies = new Map<string, number>();
        for (const { to } of await server.mails()) copies.set(to, (copies.get(to) ?? 0) + 1);
        const doubled = [...copies.values()].filter((count) => count > 1).length;
        expect(doubled, 'mailed twice').to.be.at.most(rounds * 5);
        await expectAudit(server, stored);
      } finally {
        expect(await server.end('SIGTERM')).to.equal(0);
      }
    });
  });
}
