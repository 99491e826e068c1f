import { expect } from 'chai';
import type { SetupLinks } from '../../../src/clients/setup-links.ts';
import { setupPage } from '../../../src/console/connect/setup-page.ts';
import type { RequestLogEntry } from '../../../src/domain/request-log.ts';
import { ConflictError } from '../../../src/scim/model/scim-error.ts';
import { ConsoleBench } from '../../support/console-bench.ts';

const client = {
  id: 'okta-1',
  tenant: 'default',
  name: 'Okta <b>of</b> Harbour',
  profile: 'okta',
  scopes: ['scim:read', 'scim:write'],
  createdAt: '2026-11-30T09:00:00.000Z',
};
const call = (over: object) =>
  ({
    id: 'c',
    tenant: 'default',
    at: '2026-11-30T09:59:00.000Z',
    method: 'GET',
    path: '/Users',
    status: 200,
    ...over,
  }) as RequestLogEntry;

function open(made: () => Promise<string | undefined>, calls: readonly RequestLogEntry[] = []) {
  const links = {
    open: async (_tenant: string, token: string) => (token === 'right' ? { link: {}, client } : undefined),
    makeToken: made,
  } as unknown as SetupLinks;
  return new ConsoleBench((site) => setupPage(site, { links, callsSince: async () => calls })).browser();
}

describe('/console/setup', () => {
  it('leads somebody without an account through the form of their source, and makes the token on their wish', async () => {
    const browser = open(async () => 'lk_made');
    const { status, text } = await browser.get('/setup?token=right');
    expect(status).to.equal(200);
    expect(text).to.contain('SCIM connector base URL').and.to.contain('https://keys.example/scim/v2');
    expect(text).not.to.contain('lk_made').and.not.to.contain('<b>of</b>');
    const path = '/setup?token=right&source=okta';
    const { text: made } = await browser.submit(path, {}, path);
    expect(made).to.contain('lk_made');
    expect((await browser.get('/setup?token=right&source=entra')).text).to.contain('Secret token');
  });

  it('says that the link has ended, to whatever else is typed', async () => {
    const browser = open(async () => undefined);
    for (const token of ['', 'wrong']) expect((await browser.get(`/setup?token=${token}`)).status).to.equal(410);
    const path = '/setup?token=right&source=okta';
    expect((await browser.submit(path, {}, path)).status).to.equal(410);
  });

  it('says why no token is made', async () => {
    const browser = open(async () => {
      throw new ConflictError('3 tokens were made by this link.');
    });
    const path = '/setup?token=right&source=okta';
    const { status, text } = await browser.submit(path, {}, path);
    expect([status, text.includes('3 tokens were made')]).to.deep.equal([422, true]);
  });

  it('takes no form that it has not made', async () => {
    const browser = open(async () => 'lk_made');
    expect((await browser.post('/setup?token=right', {})).status).to.equal(403);
  });

  it('shows the calls of its client, of unknown callers that they came, and nothing of any other client', async () => {
    const { text } = await open(
      async () => undefined,
      [
        call({ id: '1', client: { id: 'okta-1', name: 'okta' }, path: '/Users/mine' }),
        call({ id: '2', client: { id: 'entra-2', name: 'entra' }, path: '/Users/theirs' }),
        call({
          id: '3',
          status: 401,
          outcome: 'unknownToken',
          path: '/Users/strangers',
          tokenEnd: '9xyz',
          address: '192.0.2.9',
        }),
      ],
    ).get('/setup?token=right');
    expect(text).to.contain('/Users/mine').and.to.contain('a token that is not known');
    for (const other of ['theirs', 'strangers', '9xyz', '192.0.2.9', 'entra-2']) expect(text).not.to.contain(other);
  });
});
