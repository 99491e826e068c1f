import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually, launch, testToken, type Launched } from '../support/launch.ts';
import { program, programEnvironment } from '../support/program.ts';
import { stores, type Place } from '../support/served-stores.ts';

/** The stand-in for MongoDB makes some hundred people a minute, with their invitations. */
const people = (store: string) =>
  store === 'MongoDB' ? Number(process.env.IMPORT_PEOPLE_MONGODB ?? 100) : Number(process.env.IMPORT_PEOPLE ?? 400);
const kills = Number(process.env.IMPORT_KILLS ?? 1);
const onboarding = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

function table(count: number, from = 0): string {
  const rows = Array.from({ length: count }, (_, n) => {
    const id = from + n;
    return `p${id}@imports.example,E${id},Person,p${id}@imports.example,${id % 50 === 0 ? '' : `E${id - (id % 50)}`}`;
  });
  return `${['userName,externalId,givenName,email,manager', ...rows].join('\n')}\n`;
}

/** One call of the admin API. */
async function call(server: Launched, method: string, path: string, body?: string | object): Promise<any> {
  const answer = await fetch(`${server.url}/admin/v1/imports${path}`, {
    method,
    headers: {
      authorization: `Bearer ${testToken}`,
      ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect(answer.status, `${method} ${path}: ${text.slice(0, 500)}`).to.be.lessThan(300);
  return text.startsWith('{') ? JSON.parse(text) : text;
}

async function everybody(server: Launched): Promise<Map<string, any>> {
  const users = new Map<string, any>();
  for (let startIndex = 1, total = 1; startIndex <= total; startIndex += 1000) {
    const { body } = await server.scim('GET', `/Users?count=1000&startIndex=${startIndex}`);
    total = body.totalResults;
    for (const user of body.Resources ?? []) users.set(user.userName, user);
  }
  return users;
}

/** Runs the command line in a process of its own. */
function latchkey(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    env: programEnvironment(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

for (const [store, find] of stores) {
  describe(`imports, on ${store}`, function () {
    this.timeout(300_000 + people(store) * 30);
    const environment: Record<string, string> = { LATCHKEY_KEY: randomBytes(32).toString('base64') };
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-imports-'));
    let place: Place | undefined;
    before(async function () {
      place = await find();
      if (place === undefined) return this.skip();
      Object.assign(environment, place.environment);
    });
    after(async () => {
      rmSync(folder, { recursive: true });
      await place?.leave();
    });

    it('go on after kill -9 where they stopped, each person once, each mail once, and are taken back', async () => {
      const count = people(store);
      let server = await launch(environment);
      const plan = await eventually('a plan', async () => {
        const { id } = await call(server, 'POST', '?name=all.csv', table(count));
        return eventually(
          'the plan',
          async () => {
            const view = await call(server, 'GET', `/${id}`);
            return view.state === 'planned' && view;
          },
          120 + count / 200,
        );
      });
      expect(plan.counts).to.deep.equal({ created: count, changed: 0, unchanged: 0, refused: 0, deactivated: 0 });
      await call(server, 'POST', `/${plan.id}/run`, { plan: plan.plan.hash, invite: true });
      for (let kill = 0; kill < kills; kill += 1) {
        const wanted = ((kill + 1) * count) / (kills + 1);
        await eventually(
          'part of the run',
          async () => {
            const view = await call(server, 'GET', `/${plan.id}`);
            return view.state !== 'running' || view.counts.created >= wanted;
          },
          120 + count / 200,
        );
        await server.end('SIGKILL');
        server = await launch(environment);
      }
      try {
        const done = await eventually(
          'the end of the run',
          async () => {
            const view = await call(server, 'GET', `/${plan.id}`);
            return view.state === 'done' && view;
          },
          200 + count / 100,
        );
        expect(done.counts).to.deep.equal(plan.counts);
        expect(done.refusals).to.deep.equal([]);
        const users = await everybody(server);
        expect(users.size).to.equal(count);
        const manager = users.get('p50@imports.example').id;
        expect(
          users.get('p51@imports.example')['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'].manager.value,
        ).to.equal(manager);
        // Who was made twice would have been invited twice: each has one event, and so one invitation.
        const { body } = await server.scim('GET', `/Users?count=1000&attributes=userName,${onboarding}:deliveries`);
        for (const user of body.Resources) {
          const deliveries = user[onboarding]?.deliveries ?? [];
          expect(
            deliveries.filter(({ template }: { template: string }) => template === 'invitation'),
            user.userName,
          ).to.have.lengthOf(1);
        }
        await call(server, 'POST', `/${plan.id}/undo`);
        const undone = await eventually(
          'the undo',
          async () => {
            const view = await call(server, 'GET', `/${plan.id}`);
            return view.state === 'undone' && view;
          },
          200 + count / 100,
        );
        expect(undone.undone).to.deep.include({ removed: count, left: 0 });
        expect((await everybody(server)).size).to.equal(0);
      } finally {
        expect(await server.end('SIGTERM')).to.equal(0);
      }
    });

    it('are the same at the command line: beside the store, and at a running server', async () => {
      const file = join(folder, 'some.csv');
      writeFileSync(file, table(5, 10_000).replace('p10003@imports.example,E', ' p10003@imports.example,E'));
      const dry = await latchkey(['import', file, '--dry-run', '--json'], environment);
      expect(dry.code, dry.err).to.equal(2);
      expect(JSON.parse(dry.out)).to.deep.include({ created: 4, refused: 1, state: 'planned' });
      const unasked = await latchkey(['import', file], environment);
      expect(unasked.code, unasked.err).to.equal(3);
      const done = await latchkey(['import', file, '--yes', '--no-invite'], environment);
      expect(done.code, done.err).to.equal(2);
      const { id, created, refusals } = JSON.parse(done.out);
      expect(created).to.equal(4);
      expect(refusals[0]).to.deep.include({ line: 5 });
      const errors = await latchkey(['import', 'errors', id], environment);
      expect(errors.out).to.match(/^\ufeff#line,#reason,userName[^]*\r\n5,/);

      const server = await launch(environment);
      try {
        const far = { ...environment, LATCHKEY_URL: server.url, LATCHKEY_TOKEN: testToken };
        const undone = await latchkey(['import', 'undo', id], far);
        expect(undone.code, undone.err).to.equal(0);
        expect(JSON.parse(undone.out).undone).to.deep.include({ removed: 4, left: 0 });
        const again = await latchkey(['import', file, '--yes', '--json'], far);
        expect(again.code, again.err).to.equal(2);
        expect(JSON.parse(again.out)).to.deep.include({ created: 4, state: 'done' });
        const unknown = await latchkey(['import', 'undo', 'never'], far);
        expect([unknown.code, unknown.err]).to.deep.equal([1, 'latchkey: There is no import "never".\n']);
      } finally {
        await server.end('SIGTERM');
      }
    });
  });
}
