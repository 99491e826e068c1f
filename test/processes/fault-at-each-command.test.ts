import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { isRefusalOfService } from '../../src/store/mongo/commands/database-errors.ts';
import { launch } from '../support/launch.ts';
import type { Launched, ScimAnswer } from '../support/launch.ts';
import { Ledger } from '../support/ledger.ts';
import type { Send } from '../support/ledger.ts';
import { describeFault } from '../support/mongo-faults/fault.ts';
import type { Fault } from '../support/mongo-faults/fault.ts';
import { startFaultProxy } from '../support/mongo-faults/fault-proxy.ts';
import type { FaultProxy } from '../support/mongo-faults/fault-proxy.ts';
import { mongodb, type Place } from '../support/served-stores.ts';

/** How many days are gone through, each with faults at another command: `FAULT_DAYS=300` at night. */
const days = Number(process.env['FAULT_DAYS'] ?? 0);
/** The commands that one day sends, those that the process sends of its own accord included. */
const places = 90;
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** Codes of MongoDB servers of every class, and one that none has. */
const codes = [
  ...[1, 2, 6, 7, 8, 9, 11, 13, 18, 20, 24, 26, 43, 46, 50, 59, 63, 64, 67, 72, 85, 89, 91, 96, 100, 112, 117, 121],
  ...[133, 134, 136, 150, 175, 189, 202, 211, 225, 226, 234, 237, 246, 251, 256, 262, 263, 267, 276, 286, 290, 314],
  ...[317, 334, 358, 365, 391, 402, 462, 8000, 9001, 10058, 10107, 11000, 11600, 11601, 11602, 13388, 13435, 13436],
  ...[14031, 99_999],
];
const kinds: readonly ((day: number) => Fault)[] = [
  () => ({ kind: 'cut before' }),
  () => ({ kind: 'cut request' }),
  () => ({ kind: 'cut after' }),
  () => ({ kind: 'cut answer' }),
  (day) => ({ kind: 'refuse', code: codes[day % codes.length]! }),
  (day) => ({ kind: 'refuse', code: codes[(day * 7) % codes.length]!, labels: ['RetryableWriteError'] }),
  (day) => ({ kind: 'unconfirmed', code: [64, 91, 11602, 189, 100][day % 5]! }),
  (day) => ({ kind: 'unconfirmed', code: [64, 91, 11602, 189, 100][day % 5]!, labels: ['RetryableWriteError'] }),
  () => ({ kind: 'delay', ms: 1_500 }),
];

if (days > 0)
  describe(`${days} days of a Latchkey whose MongoDB fails, at another command and otherwise each day`, function () {
    this.timeout(300_000 + days * 30_000);
    let place: Place | undefined;
    let proxy: FaultProxy;
    let server: Launched;

    before(async function () {
      place = await mongodb();
      if (place === undefined) return this.skip();
      const uri = new URL(place.environment['MONGODB_URI'] ?? '');
      proxy = await startFaultProxy(uri.href);
      server = await launch({
        LATCHKEY_KEY: randomBytes(32).toString('base64'),
        MONGODB_URI: proxy.uri(uri.pathname.slice(1)),
      });
    });
    after(async () => {
      proxy.heal();
      await server.end('SIGTERM');
      await proxy.close();
      await place?.leave();
    });

    it('loses nothing and doubles nothing', async () => {
      const ledger = new Ledger('day');
      const { body: group } = await server.scim('POST', '/Groups', { displayName: 'Crew' });
      const broken: string[] = [];
      for (let day = 1; day <= days; day += 1) {
        const fault = kinds[day % kinds.length]!(day);
        const times = 1 + (day % 3);
        proxy.inject({ fault, at: 1 + ((day * 13) % places), times });
        const answers = await liveThrough(server, ledger, group.id, day);
        proxy.heal();
        for (const answer of answers) {
          const mayBreak = 'code' in fault && !isRefusalOfService(fault.code) && fault.kind === 'refuse';
          if (answer !== undefined && answer.status >= 500 && answer.status !== 503 && !mayBreak)
            broken.push(`${describeFault(fault)} × ${times}: ${answer.status} ${answer.body?.detail}`);
        }
      }
      expect(broken).to.deep.equal([]);
      await ledger.expectKept(server, 120);
    });
  });

/** What a client does in a day: two people come, a group changes, one is looked up, changed, and taken out again. */
async function liveThrough(
  server: Launched,
  ledger: Ledger,
  group: string,
  day: number,
): Promise<readonly (ScimAnswer | undefined)[]> {
  const scim: Send = (...call) => server.scim(...call);
  const one = await ledger.invite(scim, day * 10);
  const other = await ledger.invite(scim, day * 10 + 1);
  const answers: (ScimAnswer | undefined)[] = [];
  if (one !== undefined) await ledger.member(scim, group, one);
  if (other !== undefined) await ledger.member(scim, group, other);
  answers.push(await ledger.attempt(scim, 'GET', '/Users?count=5'));
  if (one !== undefined) {
    answers.push(await ledger.attempt(scim, 'GET', `/Users/${one}`));
    answers.push(
      await ledger.attempt(scim, 'PATCH', `/Users/${one}`, {
        schemas: [patchOp],
        Operations: [{ op: 'replace', path: 'title', value: `Day ${day}` }],
      }),
    );
  }
  if (other !== undefined) await ledger.member(scim, group, other, 'remove');
  return answers;
}
