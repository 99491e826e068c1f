import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { eventually, launch } from '../support/launch.ts';
import { startFaultProxy } from '../support/mongo-faults/fault-proxy.ts';
import { describeWithMongo } from '../support/mongo-server-suite.ts';

const database = 'latchkey-silent-calls';

describeWithMongo('MongoDB: while the server answers nothing', database, (suite) => {
  it('every call is answered within 15 seconds, also those that stand in line, and /readyz within 3', async function () {
    this.timeout(120_000);
    const proxy = await startFaultProxy(suite().uri);
    const served = await launch({ MONGODB_URI: proxy.uri(database), LATCHKEY_KEY: randomBytes(32).toString('base64') });
    try {
      const timed = async (send: () => Promise<{ readonly status: number }>) => {
        const begun = Date.now();
        const { status } = await send();
        return { status, ms: Date.now() - begun };
      };
      const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ines@harbour.example' };
      const { body } = await served.scim('POST', '/Users', user);
      proxy.inject({ fault: { kind: 'swallow' }, matches: () => true, times: 1_000_000 });
      const path = `/Users/${body.id}`;
      const calls = [
        ...Array.from({ length: 6 }, () => () => served.scim('PUT', path, { ...user, nickName: 'Ines' })),
        () => served.scim('GET', path),
        () => served.scim('GET', '/Users'),
        () => served.scim('POST', '/Users', { ...user, userName: 'other@harbour.example' }),
        () => fetch(`${served.url}/forgot-password`, { method: 'POST', body: new URLSearchParams({ userName: 'x' }) }),
      ];
      const [ready, ...answers] = await Promise.all([
        timed(() => fetch(`${served.url}/readyz`)),
        ...calls.map((call) => timed(call)),
      ]);
      expect(ready.status).to.equal(503);
      expect(ready.ms).to.be.lessThan(3_000);
      for (const [n, { status, ms }] of answers.entries()) {
        if (n < calls.length - 1) expect(status, `call ${n}`).to.equal(503);
        expect(ms, `call ${n}`).to.be.lessThan(15_000);
      }
      proxy.heal();
      expect((await served.scim('GET', path)).status).to.equal(200);
      expect(served.output()).not.to.include('"level":"error"');
    } finally {
      proxy.heal();
      await served.end('SIGTERM');
      await proxy.close();
    }
  });

  it('a change whose caller has been told to try again is not done late, and its repetition is done once', async function () {
    this.timeout(120_000);
    const proxy = await startFaultProxy(suite().uri);
    const served = await launch({ MONGODB_URI: proxy.uri(database), LATCHKEY_KEY: randomBytes(32).toString('base64') });
    try {
      const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'jo@harbour.example' };
      const { body } = await served.scim('POST', '/Users', user);
      const path = `/Users/${body.id}`;
      // Each command is answered within its own deadline, the call is not: its write would come after 13 seconds.
      proxy.inject({ fault: { kind: 'delay', ms: 6_500 }, times: 1_000_000 });
      const begun = Date.now();
      expect((await served.scim('PUT', path, { ...user, nickName: 'Late' })).status).to.equal(503);
      expect(Date.now() - begun).to.be.lessThan(15_000);
      proxy.heal();
      // Behind the late one, which has come as far as its write by now.
      const last = await served.scim('PUT', path, { ...user, nickName: 'Again' });
      await eventually('the late one has come to its end', () => Promise.resolve(Date.now() - begun > 15_500), 30);
      const now = await served.scim('GET', path);
      expect([last.status, now.body.nickName, now.body.meta.version]).to.deep.equal([200, 'Again', 'W/"2"']);
      expect(served.output()).not.to.include('"level":"error"');
    } finally {
      proxy.heal();
      await served.end('SIGTERM');
      await proxy.close();
    }
  });
});
