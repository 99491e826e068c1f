import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { packageFile } from '../../src/base/package-root.ts';
import { launch } from '../support/launch.ts';
import type { Launched, ScimAnswer } from '../support/launch.ts';
import { Ledger } from '../support/ledger.ts';
import { mongodb, type Place } from '../support/served-stores.ts';

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const tenMinutes = 600_000;

/** How many processes are beside each other, one suite for each number: `SIDE_BY_SIDE=2,4,8` at night. */
const sizes = (process.env['SIDE_BY_SIDE'] ?? '')
  .split(',')
  .map(Number)
  .filter((size) => size > 1);

for (const size of sizes)
  describe(`${size} Latchkeys on one MongoDB, their clocks ten minutes apart in turn`, function () {
    this.timeout(300_000);
    let place: Place | undefined;
    let servers: readonly Launched[] = [];

    before(async function () {
      place = await mongodb();
      if (place === undefined) return this.skip();
      const environment = { ...place.environment, LATCHKEY_KEY: randomBytes(32).toString('base64') };
      const clock = `--import=${pathToFileURL(packageFile('test/support/clock-preload.js')).href}`;
      const start = (_: unknown, n: number) =>
        launch({ ...environment, NODE_OPTIONS: clock, CLOCK_AHEAD_MS: String((n % 2) * tenMinutes) });
      // The first compiles what is new, for all.
      const first = await start(undefined, 0);
      servers = [first, ...(await Promise.all(Array.from({ length: size - 1 }, (_, n) => start(_, n + 1))))];
    });
    after(async () => {
      const codes = await Promise.all(servers.map((server) => server.end('SIGTERM')));
      await place?.leave();
      expect(codes).to.deep.equal(servers.map(() => 0));
      for (const server of servers) expect(server.output()).not.to.include('"level":"error"');
    });

    const onEach = <Answer>(act: (server: Launched, n: number) => Promise<Answer>): Promise<Answer[]> =>
      Promise.all(servers.map(act));
    const statuses = (answers: readonly ScimAnswer[]) => answers.map(({ status }) => status).sort();
    const membersOf = async (server: Launched, group: string): Promise<string[]> =>
      ((await server.scim('GET', `/Groups/${group}`)).body.members ?? [])
        .map(({ value }: { value: string }) => value)
        .sort();

    it('give one name to one user, and tell the others so', async () => {
      for (let round = 0; round < 10; round += 1) {
        const answers = await onEach((server) =>
          server.scim('POST', '/Users', { userName: `one-${round}@side.example` }),
        );
        expect(statuses(answers)).to.deep.equal([201, ...Array.from({ length: size - 1 }, () => 409)]);
      }
    });

    it('answer one create with one Idempotency-Key everywhere alike', async () => {
      const body = { userName: 'keyed@side.example' };
      const answers = await onEach((server) => server.scim('POST', '/Users', body, { 'idempotency-key': 'hire-1' }));
      expect(new Set(statuses(answers))).to.deep.equal(new Set([201]));
      expect(new Set(answers.map((answer) => answer.body.id)).size).to.equal(1);
    });

    it('lose and double no member of a group that all of them change at once', async () => {
      const users = await Promise.all(
        Array.from({ length: size * 8 }, async (_, n) => {
          const { body } = await servers[n % size]!.scim('POST', '/Users', { userName: `member-${n}@side.example` });
          return body.id as string;
        }),
      );
      const leaving = users.slice(0, size * 2);
      const coming = users.slice(size * 2);
      const { body: group } = await servers[0]!.scim('POST', '/Groups', {
        displayName: 'Side by side',
        members: leaving.map((value) => ({ value })),
      });
      const patch = (n: number, operation: object) =>
        servers[n % size]!.scim('PATCH', `/Groups/${group.id}`, { schemas: [patchOp], Operations: [operation] });
      const answers = await Promise.all([
        ...leaving.map((value, n) => patch(n, { op: 'remove', path: `members[value eq "${value}"]` })),
        ...coming.map((value, n) => patch(n, { op: 'add', path: 'members', value: [{ value }] })),
      ]);
      for (const { status } of answers) expect(status).to.be.oneOf([200, 204]);
      for (const members of await onEach((server) => membersOf(server, group.id)))
        expect(members).to.deep.equal([...coming].sort());
    });

    it('invite each person once, whichever of them was asked', async () => {
      const ledger = new Ledger('invited');
      await Promise.all(
        Array.from({ length: size * 10 }, (_, n) => ledger.invite((...call) => servers[n % size]!.scim(...call), n)),
      );
      await ledger.expectKept(servers[0]!, 120);
    });
  });
