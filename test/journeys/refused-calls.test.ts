import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { eventually, testToken } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const wrong = 'lk_a-token-that-nobody-ever-made-0123456789wxyz';

describeServed('calls that are turned away', {}, (served) => {
  const requests = async (query: string): Promise<any[]> => {
    const answer = await fetch(`${served().url}/admin/v1/requests${query}`, {
      headers: { authorization: `Bearer ${testToken}` },
    });
    return ((await answer.json()) as { requests: any[] }).requests;
  };
  const lineOf = (id: string | null): Record<string, unknown> | undefined =>
    served()
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find((line) => line['msg'] === 'refused' && line['requestId'] === id);
  const send = (path: string, token: string | undefined, init: RequestInit = {}) =>
    fetch(served().url + path, {
      ...init,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
    });

  for (const [what, path, token, outcome] of [
    ['an unknown token', '/scim/v2/Users', wrong, 'unknownToken'],
    ['no token', '/scim/v2/Users', undefined, 'noCredentials'],
    ['junk behind the token', '/scim/v2/Users', `${testToken} junk`, 'malformedCredentials'],
    ['an unknown token for the administration', '/admin/v1/requests', wrong, 'unknownToken'],
    ['a path without the base', '/Users?filter=userName%20eq%20%22ines%22', testToken, 'notServed'],
    ['a path of another version', '/scim/v1/Users', testToken, 'notServed'],
  ] as const) {
    it(`tells of ${what} in the log and in the request log, without the token`, async () => {
      const answer = await send(path, token);
      expect(answer.status).to.be.oneOf([401, 404]);
      expect(answer.headers.get('cache-control')).to.equal('no-store');
      const id = answer.headers.get('x-request-id');
      const entry = (await requests('?count=5')).find((one) => one.id === id);
      expect(entry, 'in the request log').to.include({ outcome, status: answer.status, tenant: 'default' });
      expect(entry.address).to.include('127.0.0.1');
      expect(entry).not.to.have.property('client');
      if (outcome === 'unknownToken') expect(entry.tokenEnd).to.equal('wxyz');
      // What a process writes reaches us a moment after its answer.
      const line = await eventually('the line in the log', async () => lineOf(id));
      expect(line, 'in the log').to.include({ outcome, status: answer.status });
      expect(JSON.stringify([entry, line])).not.to.include((token ?? 'no token').slice(0, 20));
    });
  }

  it('leave a line where they are not HTTP, or want a tunnel', async () => {
    for (const [request, outcome] of [
      ['HELLO\r\n\r\n', 'notHttp'],
      ['CONNECT other.example:443 HTTP/1.1\r\nHost: x\r\n\r\n', 'notServed'],
    ] as const) {
      const socket = connect(Number(new URL(served().url).port), new URL(served().url).hostname);
      socket.write(request);
      expect(await text(socket)).to.match(/^HTTP\/1\.1 (?:400|501) /);
      await eventually(`the line ${outcome}`, async () =>
        served()
          .output()
          .split('\n')
          .find((line) => line.includes(`"outcome":"${outcome}"`) && !line.includes('"requestId"')),
      );
    }
  });

  it('have no trace of the token that a call repeats in its address or its body, whatever its shape and the route', async () => {
    const kept = async () => {
      const audit = await served().scim('GET', '/AuditEvents?count=200&sortBy=seq&sortOrder=descending');
      return JSON.stringify([await requests('?count=200'), audit.body, served().output()]);
    };
    // The token of the environment has no prefix that tells it for one.
    const encoded = [...testToken].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('');
    const patch = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] };
    for (const token of [testToken, encoded]) {
      for (const path of [
        `/t/${token.toLowerCase().slice(0, 40)}/scim/v2/Users`,
        `/scim/v2/Users/${token}`,
        `/scim/v2/${token}/Users`,
        `/scim/v2/Users?x=${token}`,
        `/scim/v2/Users?attributes=${token}`,
        `/scim/v2/Users?filter=title%20eq%20%22${token}%22`,
        `/scim/v2/Users?filter=${token}%20eq%201`,
        `/scim/v2/Users?cursor=${token}`,
        `/admin/v1/${token}`,
        `/admin/v1/users/${token}`,
        `/auth/v1/${token}`,
        `/hooks/v1/bounces/${token}`,
        `/oauth/${token}`,
        `/${token}`,
        `/console/${token}`,
        `/t/default/scim/v2/Users/${token}`,
        `/set-password?token=${token}`,
        `/${'x'.repeat(490)}/${token}`,
      ])
        for (const method of ['GET', 'POST', 'DELETE']) await send(path, testToken, { method });
      for (const [method, path, body] of [
        [
          'PATCH',
          `/Users/${token}`,
          { ...patch, Operations: [{ op: 'replace', path: `emails[value eq "${token}"]`, value: 1 }] },
        ],
        [
          'POST',
          '/Bulk',
          {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
            Operations: [{ method: 'DELETE', path: `/Users/${token}` }],
          },
        ],
        [
          'POST',
          '/.search',
          {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
            filter: `${token} eq "${token}"`,
            attributes: [token],
          },
        ],
      ] as const)
        await served().scim(method, path, body);
      const all = await kept();
      expect(all).to.include('notServed');
      expect(all.includes(token.slice(0, 12)), `${token} is told: ${around(all, token.slice(0, 12))}`).to.equal(false);
    }
  }).timeout(60_000);

  it('hide what names a secret: attributes, orders and filters', async () => {
    for (const query of [
      'attributes=password.tulip9',
      'sortBy=password.tulip9',
      'filter=tulip9%20eq%20password',
      'filter=password%20sw%20tulip9',
    ])
      await send(`/scim/v2/Users?${query}`, testToken);
    await served().scim('POST', '/Users/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      attributes: ['password.tulip9'],
      sortBy: 'password.tulip9',
    });
    const all = JSON.stringify([await requests('?count=20'), served().output()]);
    expect(all.includes('tulip9'), around(all, 'tulip9')).to.equal(false);
  });

  it('has a call whose base was entered twice, under its client', async () => {
    const answer = await send('/scim/v2/scim/v2/Users', testToken);
    const entry = (await requests('?count=5')).find((one) => one.id === answer.headers.get('x-request-id'));
    expect(entry).to.include({ status: 404, path: '/scim/v2/Users' });
    expect(entry.client.name).to.equal('environment');
  });

  it('tells of a missing scope under its client', async () => {
    const answer = await send('/admin/v1/requests', served().token('writer'));
    expect(answer.status).to.equal(403);
    const entry = (await requests('?client=writer')).find((one) => one.id === answer.headers.get('x-request-id'));
    expect(entry).to.include({ outcome: 'forbidden', status: 403 });
  });

  it('tells of a failed sign-in with a keyed hash of the name, the same on the page and over the API', async () => {
    const userName = 'ines.of.the.logs@acme.example';
    await served().scim('POST', '/Users', { schemas: [user], userName, password: 'a password that ines knows' });
    const tried = await send('/auth/v1/verify', testToken, {
      method: 'POST',
      body: JSON.stringify({ userName, password: 'a password that nobody knows' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(await tried.json()).to.deep.equal({ result: 'invalid' });
    const page = await fetch(`${served().url}/sign-in`);
    const form = /name="form"\s+value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    const posted = await fetch(`${served().url}/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ form, userName: userName.toUpperCase(), password: 'a password that nobody knows' }),
    });
    expect(posted.status).to.equal(422);
    await requests('');
    const lines = await Promise.all(
      [tried, posted].map(({ headers }) =>
        eventually('the line in the log', async () => lineOf(headers.get('x-request-id'))),
      ),
    );
    for (const line of lines) expect(line).to.include({ outcome: 'signInInvalid' });
    expect(lines[0]?.['nameHash']).to.match(/^[\da-f]{16}$/);
    expect(lines[1]?.['nameHash']).to.equal(lines[0]?.['nameHash']);
    expect(served().output()).not.to.match(/ines\.of\.the\.logs|nobody knows/i);
  });

  it('keeps nothing secret of a query', async () => {
    const answer = await served().scim('GET', '/Users?access_token=tulip&filter=password%20eq%20tulip');
    const entry = (await requests('?count=5')).find((one) => one.id === answer.headers.get('x-request-id'));
    expect(JSON.stringify(entry)).not.to.include('tulip');
  });

  it('is not filled by a flood', async () => {
    const before = (await requests('?status=401&count=100')).length;
    const minuteNow = () => Math.floor(Date.now() / 60_000);
    const begun = minuteNow();
    for (let n = 0; n < 60; n += 1) await send('/scim/v2/Users', wrong);
    // A flood that goes on over the turn of a minute is told of in both.
    const minutes = minuteNow() - begun + 1;
    expect((await requests('?status=401&count=100')).length - before).to.be.at.most(30 * minutes);
  });
});

/** What is told around a text, for the message of a failure. */
function around(all: string, text: string): string {
  const place = all.indexOf(text);
  return all.slice(Math.max(0, place - 200), place + 100);
}
