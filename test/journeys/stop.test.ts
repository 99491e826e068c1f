import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually, launch } from '../support/launch.ts';

describe('SIGTERM while clients go on sending over open connections', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-stop-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('ends at once and in order, and keeps every user it acknowledged', async function () {
    this.timeout(60_000);
    const server = await launch({ LATCHKEY_DATA_DIR: folder });
    const acknowledged: string[] = [];
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let n = 0; ; n += 1) {
        const userName = `c${client}-${n}@stop.example`;
        const answer = await server.scim('POST', '/Users', { userName }).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer.status).to.equal(201);
        acknowledged.push(userName);
      }
    });
    await eventually('some creates', () => Promise.resolve(acknowledged.length > 50));
    const told = performance.now();
    expect(await server.end('SIGTERM')).to.equal(0);
    expect(performance.now() - told).to.be.below(8000);
    await Promise.all(clients);

    const again = await launch({ LATCHKEY_DATA_DIR: folder });
    try {
      const { body } = await again.scim('GET', '/Users?count=1000&attributes=userName');
      expect(body.totalResults).to.be.within(acknowledged.length, acknowledged.length + clients.length);
      const stored = new Set(body.Resources.map(({ userName }: { userName: string }) => userName));
      if (body.totalResults <= 1000) expect(acknowledged.filter((name) => !stored.has(name))).to.deep.equal([]);
    } finally {
      expect(await again.end('SIGTERM')).to.equal(0);
    }
  });
});
