import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { launch } from '../support/launch.ts';
import type { Launched } from '../support/launch.ts';
import { Ledger } from '../support/ledger.ts';
import type { Send } from '../support/ledger.ts';
import { startOwnMongoServer } from '../support/own-mongo-server.ts';
import type { OwnMongoServer } from '../support/own-mongo-server.ts';

/** How many blows are dealt, one after another: `BLOWS=30` at night. */
const blows = Number(process.env['BLOWS'] ?? 0);
const size = 3;
const callers = 6;
/** How long `/readyz` may take, in milliseconds. */
const readyMs = 3_000;

/** One Latchkey that may be killed and started again, and whether it is there to answer. */
interface Slot {
  server: Launched;
  isThere: boolean;
}

if (blows > 0)
  describe(`${blows} kills, stops and restarts of MongoDB and of ${size} Latchkeys, in any order, under load`, function () {
    this.timeout(300_000 + blows * 60_000);
    const environment: Record<string, string> = { LATCHKEY_KEY: randomBytes(32).toString('base64') };
    let mongo: OwnMongoServer | undefined;
    const slots: Slot[] = [];

    before(async function () {
      mongo = await startOwnMongoServer();
      if (mongo === undefined) return this.skip();
      environment['MONGODB_URI'] = mongo.uri('latchkey-any-order');
      const start = async () => slots.push({ server: await launch(environment), isThere: true });
      // The first compiles what is new, for all.
      await start();
      await Promise.all(Array.from({ length: size - 1 }, start));
    });
    after(async () => {
      mongo?.thaw();
      for (const { server } of slots) server.thaw();
      await Promise.all(slots.map(({ server }) => server.end('SIGKILL')));
      await mongo?.remove();
    });

    it('lose nothing, double nothing, and leave no client waiting', async () => {
      if (mongo === undefined) throw new Error('the server is not running');
      const ledger = new Ledger('blow');
      const toSome: Send = (...call) => {
        const there = slots.filter(({ isThere }) => isThere);
        const slot = there[Math.floor(Math.random() * there.length)];
        return slot === undefined ? Promise.reject(new Error('none is there')) : slot.server.scim(...call);
      };
      const { body: group } = await toSome('POST', '/Groups', { displayName: 'Crew' });
      let isOver = false;
      let next = 0;
      const load = async () => {
        while (!isOver) {
          const id = await ledger.invite(toSome, (next += 1));
          if (id !== undefined) await ledger.member(toSome, group.id, id);
          await pause(150);
        }
      };
      const slow: string[] = [];
      const watch = async (slot: Slot) => {
        while (!isOver) {
          const { server } = slot;
          const begun = performance.now();
          await fetch(`${server.url}/readyz`).catch(() => undefined);
          const ms = performance.now() - begun;
          if (slot.isThere && slot.server === server && ms > readyMs) slow.push(`${Math.round(ms)} ms`);
          await pause(300);
        }
      };
      const working = [...Array.from({ length: callers }, load), ...slots.map(watch)];
      const dealt: string[] = [];
      for (let n = 0; n < blows; n += 1) dealt.push(await deal(mongo, slots, environment));
      isOver = true;
      await Promise.all(working);
      expect(slow, `/readyz after ${dealt.join(', ')}`).to.deep.equal([]);
      // What a killed process had leased waits for its lease to run out.
      await ledger.expectKept(slots[0]!.server, 180);
    });
  });

/** Deals one blow, and mends what it broke. @returns what it was */
async function deal(mongo: OwnMongoServer, slots: Slot[], environment: Record<string, string>): Promise<string> {
  const slot = slots[Math.floor(Math.random() * slots.length)]!;
  const ms = 500 + Math.random() * 9_500;
  await pause(1_000 + Math.random() * 2_000);
  switch (Math.floor(Math.random() * 5)) {
    case 0:
      slot.isThere = false;
      await slot.server.end('SIGKILL');
      slot.server = await launch(environment);
      slot.isThere = true;
      return 'a Latchkey killed';
    case 1:
      slot.isThere = false;
      slot.server.freeze();
      await pause(ms);
      slot.server.thaw();
      await pause(1_000);
      slot.isThere = true;
      return `a Latchkey stopped for ${Math.round(ms)} ms`;
    case 2:
      await mongo.kill();
      await pause(ms / 2);
      await mongo.restart();
      return `MongoDB away for ${Math.round(ms / 2)} ms`;
    case 3:
      mongo.freeze();
      await pause(ms * 2);
      mongo.thaw();
      return `MongoDB stopped for ${Math.round(ms * 2)} ms`;
    default: {
      slot.isThere = false;
      await Promise.all([slot.server.end('SIGKILL'), mongo.kill()]);
      await mongo.restart();
      slot.server = await launch(environment);
      slot.isThere = true;
      return 'both killed';
    }
  }
}
