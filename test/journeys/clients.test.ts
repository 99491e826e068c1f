import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageFile } from '../../src/package-root.ts';
import { replay, type Journey } from '../support/journey.ts';
import { describeServed } from '../support/served-stores.ts';

const folder = packageFile('test/journeys/clients');
const journeys = readdirSync(folder).filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, journey: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Journey }));

describeServed('journeys of real clients', {}, (served, store) => {
  for (const { file, journey } of journeys) {
    const { profiles = ['auto'] } = journey;
    // Profiles differ in what is read from a request, before any store is asked: one of them on the slower store.
    for (const profile of store === 'SQLite' ? profiles : profiles.slice(0, 1)) {
      it(`${file} (${profile}): ${journey.name}`, async () => {
        const { url, token } = served();
        await replay(journey, { base: `${url}/scim/v2`, token: token(profile), profile, unique: `${file.replace('.json', '')}-${profile}` });
      });
    }
  }

  it('a client that speaks as if to a proxy, with the whole address in the first line, is understood', async () => {
    const { url, token } = served();
    const sent = request(url, { path: `${url}/scim/v2/Users?count=0`, headers: { Authorization: `Bearer ${token('auto')}` } }).end();
    const [answer] = await once(sent, 'response') as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).to.equal(200);
  });
});
