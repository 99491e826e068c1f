import { expect } from 'chai';
import { describeServed } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** Names that are special to JSON, to SQL, to replacements of text and to encodings. */
const names = ['plain', '$& $1 $$', 'a "quote" \\ and \u2028', 'line\nbreak\u001e\u001f', 'Zoë 東京 🗝️', "it's; -- %_"];

type Body = Record<string, unknown> & { readonly id: string };

describeServed('a page says of each resource what it says of itself', {}, (served) => {
  const call = (method: string, path: string, body?: unknown) => served().scim(method, path, body);
  const made: string[] = [];

  before(async () => {
    for (const [index, displayName] of names.entries()) {
      const { body, status } = await call('POST', '/Users', {
        schemas: [user],
        userName: `page-${index}@pages.example`,
        externalId: `page-${index}`,
        displayName,
        emails: [{ value: `page-${index}@pages.example` }],
      });
      expect(status).to.equal(201);
      made.push((body as Body).id);
    }
    const inner = await call('POST', '/Groups', {
      schemas: [group],
      displayName: names[1],
      members: [{ value: made[0] }, { value: made[2] }, { value: made[4] }],
    });
    await call('POST', '/Groups', {
      schemas: [group],
      displayName: names[4],
      members: [{ value: (inner.body as Body).id }, { value: made[5] }],
    });
  });

  for (const [kind, query] of [
    ['by index', 'startIndex=1&count=100'],
    ['by cursor', 'cursor=&count=100'],
    ['by a filter that an index answers', `filter=${encodeURIComponent('userName eq "page-2@pages.example"')}`],
    ['by a filter that scans', `filter=${encodeURIComponent('emails.value co "@pages."')}`],
    ['sorted', 'sortBy=userName&sortOrder=descending'],
    ['in the middle', 'startIndex=2&count=3'],
  ])
    it(`${kind}`, async () => {
      const page = await call('GET', `/Users?${query}`);
      expect(page.status).to.equal(200);
      const found = page.body.Resources as Body[];
      expect(found.length).to.be.greaterThan(0);
      expect(page.body.itemsPerPage).to.equal(found.length);
      for (const one of found) expect(one).to.deep.equal((await call('GET', `/Users/${one.id}`)).body);
      const named = await call('GET', `/Users?${query}&excludedAttributes=nickName`);
      expect(named.body.Resources).to.deep.equal(found);
    });

  it('with the groups of each, direct and indirect, and none where there are none', async () => {
    const { body } = await call('GET', '/Users?count=100');
    const groupsOf = (id: string | undefined) =>
      ((body.Resources as Body[]).find((one) => one.id === id)?.['groups'] as { display: string; type: string }[])?.map(
        ({ display, type }) => `${type} ${display}`,
      );
    expect(groupsOf(made[0])).to.have.members([`direct ${names[1]}`, `indirect ${names[4]}`]);
    expect(groupsOf(made[5])).to.deep.equal([`direct ${names[4]}`]);
    expect(groupsOf(made[1])).to.equal(undefined);
  });

  it('without what was removed, and with what was changed, at once', async () => {
    const [first, , third] = made;
    await call('PATCH', `/Users/${third}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'displayName', value: 'changed' }],
    });
    await call('DELETE', `/Users/${first}`);
    const found = (await call('GET', '/Users?count=100')).body.Resources as Body[];
    expect(found.map(({ id }) => id)).not.to.include(first);
    const changed = found.find(({ id }) => id === third);
    expect(changed?.['displayName']).to.equal('changed');
    expect((changed?.['meta'] as { version: string }).version).to.equal('W/"2"');
  });

  it('whole groups as those whose attributes are named', async () => {
    const { body } = await call('POST', '/Groups', {
      schemas: [group],
      displayName: 'all',
      members: made.slice(1).map((value, index) => (index === 1 ? { value } : { value, display: names[index] })),
    });
    const { id } = body as Body;
    const whole = (await call('GET', `/Groups/${id}`)).body;
    const named = (await call('GET', `/Groups/${id}?excludedAttributes=externalId`)).body;
    expect(whole).to.deep.equal(named);
    expect((whole as { members: unknown[] }).members).to.have.length(5);
    const listed = (await call('GET', `/Groups?filter=${encodeURIComponent('displayName eq "all"')}`)).body;
    expect(listed.Resources).to.deep.equal([whole]);
  });

  it('no page at all where nothing is found', async () => {
    const { body } = await call('GET', `/Users?filter=${encodeURIComponent('userName eq "nobody@pages.example"')}`);
    expect(body.totalResults).to.equal(0);
    expect(body.Resources ?? []).to.deep.equal([]);
    const beyond = await call('GET', '/Users?startIndex=1000');
    expect(beyond.body.Resources).to.deep.equal([]);
  });
});
