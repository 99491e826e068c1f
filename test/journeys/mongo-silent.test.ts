import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { launch } from '../support/launch.ts';
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
});
