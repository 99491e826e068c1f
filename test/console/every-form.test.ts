import { expect } from 'chai';
import type { AdministratorActions } from '../../src/administrators/administrator-actions.ts';
import type { ConsoleSessions } from '../../src/administrators/console-sessions.ts';
import type { FirstOwner } from '../../src/administrators/first-owner.ts';
import type { SetupLinks } from '../../src/clients/setup-links.ts';
import { consolePages } from '../../src/composition/web/console-pages.ts';
import { ConsoleForms } from '../../src/console/visit/console-forms.ts';
import type { ConsoleSite } from '../../src/console/console-site.ts';
import type { Role } from '../../src/domain/role.ts';
import { ApiDocument } from '../../src/operations/api-document.ts';
import { html } from '../../src/page-kit/html.ts';
import { ConsoleBench, type ConsoleBrowser } from '../support/console-bench.ts';
import { routesOf } from '../support/router-walk.ts';

const document = new ApiDocument();
const parts = {
  first: {} as FirstOwner,
  actions: {} as AdministratorActions,
  sessions: {} as ConsoleSessions,
  setup: { links: {} as SetupLinks, callsSince: async () => [] },
};

/** The console with all its pages, over operations that only note that they were called. */
function opened() {
  const called: string[] = [];
  const operations = Object.fromEntries(
    document.operations.map(({ id }) => [
      id,
      () => {
        called.push(id);
        return { body: {} };
      },
    ]),
  );
  const bench = new ConsoleBench((site: ConsoleSite) => consolePages(site, parts), operations);
  const paths = (method: string): string[] => [
    ...new Set(
      routesOf(bench.site.router)
        .filter(({ path, methods }) => path.startsWith('/console/') && methods.includes(method))
        .map(({ path }) => path.slice('/console'.length).replace(/:\w+/g, 'x1')),
    ),
  ];
  // A sign-out in between would make all that follows it true of nobody.
  const posts = paths('post').filter((path) => path !== '/sign-out');
  return { bench, called, posts, gets: paths('get') };
}

/** The token of a form that the session was given. */
async function tokenFor(bench: ConsoleBench, browser: ConsoleBrowser, path: string): Promise<string> {
  const session = (await bench.access.current(browser.cookie))?.session.id ?? '';
  const form = new ConsoleForms(() => bench.formKeys, bench.clock).form('', path, session, html``, {});
  return /value="([^"]*)"/.exec(form.toString())?.[1] ?? '';
}

const allowedTo = (role: Role): readonly string[] =>
  document.operations.filter(({ roles }) => roles.includes(role)).map(({ id }) => id);

describe('every form of the console', () => {
  it('does nothing without a session, nor without its token, nor from another site', async function () {
    this.timeout(60_000);
    const { bench, called, posts } = opened();
    const owner = await bench.signedIn('owner');
    expect(posts.length).to.be.greaterThan(60);
    const wrong: string[] = [];
    for (const path of posts) {
      const nobody = await bench.browser().post(path, {});
      const bare = await owner.post(path, {});
      const token = await tokenFor(bench, owner, path);
      const elsewhere = await owner.post(path, { form: token }, { 'Sec-Fetch-Site': 'cross-site' });
      if (![401, 403, 303].includes(nobody.status)) wrong.push(`${path} answers ${nobody.status} to nobody`);
      if (![403, 303].includes(bare.status)) wrong.push(`${path} answers ${bare.status} without a token`);
      if (elsewhere.status !== 403) wrong.push(`${path} answers ${elsewhere.status} to another site`);
    }
    expect([wrong, called]).to.deep.equal([[], []]);
  });

  it('does nothing once the account is removed, on a page that was left open', async function () {
    this.timeout(60_000);
    const { bench, called, posts } = opened();
    const owner = await bench.signedIn('owner');
    const tokens = new Map<string, string>();
    for (const path of posts) tokens.set(path, await tokenFor(bench, owner, path));
    await bench.records.remove('default', 'owner-1');
    for (const path of posts) await owner.post(path, { form: tokens.get(path) ?? '' });
    expect(called).to.deep.equal([]);
  });

  for (const role of ['helpdesk', 'auditor'] as const)
    it(`and every page call what a ${role} may call and no more, on a page that an owner has left open`, async function () {
      this.timeout(60_000);
      const { bench, called, posts, gets } = opened();
      const browser = await bench.signedIn('owner');
      const tokens = new Map<string, string>();
      for (const path of posts) tokens.set(path, await tokenFor(bench, browser, path));
      await bench.records.change('default', 'owner-1', (before) => ({ ...before, role }));
      for (const path of posts) await browser.post(path, { form: tokens.get(path) ?? '' });
      // A file whose lines cannot be read from an empty answer breaks off.
      for (const path of gets) await browser.get(path).catch(() => undefined);
      const allowed = allowedTo(role);
      expect(called.filter((id) => !allowed.includes(id))).to.deep.equal([]);
      expect(called).to.include('listUsers');
    });
});
