import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { packageFile } from '../../src/base/package-root.ts';
import { replay, type Journey } from '../support/journey.ts';
import { describeServed } from '../support/served-stores.ts';

const folder = packageFile('test/journeys/clients');
const journeys = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, journey: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Journey }));

describeServed('journeys of real clients', {}, (served) => {
  for (const { file, journey } of journeys) {
    for (const profile of journey.profiles ?? ['auto']) {
      it(`${file} (${profile}): ${journey.name}`, async () => {
        const { url, token } = served();
        await replay(journey, {
          base: `${url}/scim/v2`,
          token: token(profile),
          profile,
          unique: `${file.replace('.json', '')}-${profile}`,
        });
      });
    }
  }

  it('a client that speaks as if to a proxy, with the whole address in the first line, is understood', async () => {
    const { url, token } = served();
    const sent = request(url, {
      path: `${url}/scim/v2/Users?count=0`,
      headers: { Authorization: `Bearer ${token('auto')}` },
    }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).to.equal(200);
  });

  it('a request that names no host, or expects what nobody knows, is refused with a SCIM error', async () => {
    const { port } = new URL(served().url);
    const answerTo = async (fields: string, version = '1.1'): Promise<string> => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(
        `GET /scim/v2/Users?count=0 HTTP/${version}\r\nAuthorization: Bearer ${served().token('auto')}\r\n${fields}Connection: close\r\n\r\n`,
      );
      return text(socket);
    };
    expect(await answerTo(''))
      .to.match(/^HTTP\/1.1 400 /)
      .and.to.include('"scimType":"invalidSyntax"')
      .and.to.include('Host');
    expect(await answerTo('Host: x\r\nExpect: more\r\n'))
      .to.match(/^HTTP\/1.1 417 /)
      .and.to.include('"status":"417"');
    expect(await answerTo('Host: x\r\n')).to.match(/^HTTP\/1.1 200 /);
    expect(await answerTo('', '1.0')).to.match(/^HTTP\/1.1 200 /);
  });
});
