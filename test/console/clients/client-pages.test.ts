import { expect } from 'chai';
import { clientPages } from '../../../src/console/clients/client-pages.ts';
import { PeopleBench } from '../../support/people-bench.ts';

const evil = `"><script>alert(1)</script>`;

describe('/console/clients', () => {
  it('connects a system, makes a token that is shown once, tells the four facts, rotates and withdraws it', async () => {
    const bench = new PeopleBench(clientPages);
    const browser = await bench.signedIn();
    const made = await browser.submit('/clients', { name: `Okta ${evil}`, profile: 'okta', scopes: 'scim:write' });
    expect(made.status, made.text).to.equal(303);
    const path = (made.headers['location'] ?? '').replace('/console', '').split('?')[0] ?? '';
    const shown = await browser.submit(path, { kind: 'token', expiresAt: '' }, `${path}/credentials`);
    const [, token = ''] = /<code class="line"[^>]*>(lk_[^<]+)<\/code>/.exec(shown.text) ?? [];
    expect(token).to.match(/^lk_/);
    const { text } = await browser.get(path);
    expect(text).not.to.contain(token).and.not.to.contain('<script>alert');
    expect(text).to.contain('<bdi>Ines owner</bdi>').and.to.contain('Never').and.to.contain('Good');
    const [, rotate = ''] = /action="\/console([^"]+\/rotate)"/.exec(text) ?? [];
    expect((await browser.submit(path, {}, rotate)).text).to.contain('lk_');
    const [, revoke = ''] = /action="\/console([^"]+\/revoke)"/.exec((await browser.get(path)).text) ?? [];
    expect((await browser.submit(path, {}, revoke)).status).to.equal(303);
    expect((await browser.get(path)).text).to.contain('Withdrawn');
  });

  it('pauses a client, lets it go on, and ends its connection', async () => {
    const bench = new PeopleBench(clientPages);
    const browser = await bench.signedIn();
    const made = await browser.submit('/clients', { name: 'Feed', profile: 'auto', scopes: 'scim:read' });
    const path = (made.headers['location'] ?? '').replace('/console', '').split('?')[0] ?? '';
    await browser.submit(path, { do: 'pause' });
    expect((await browser.get(path)).text).to.contain('Paused');
    expect((await browser.get('/clients')).text).to.contain('Paused');
    await browser.submit(path, { do: 'resume' });
    const { text } = await browser.get(path);
    const [, lead = ''] = /<h1>Feed<\/h1>\s*<p>(.*?)<\/p>/s.exec(text) ?? [];
    expect(lead).to.contain('data-tone="stop"').and.to.contain('None: this client cannot call');
    expect((await browser.get('/clients')).text)
      .to.contain('No credential')
      .and.not.to.contain('Working');
    expect(text).to.match(/<button name="do" value="pause"\s+class="quiet">Pause/);
    expect(text).to.contain('<summary>Add a credential</summary>');
    await browser.submit(path, { kind: 'token', expiresAt: '' }, `${path}/credentials`);
    expect((await browser.get(path)).text).to.match(
      /<h1>Feed<\/h1>\s*<p><span class="state" data-tone="done">.*?Working/s,
    );
    expect((await browser.submit(`${path}/end`, {})).status).to.equal(303);
    expect((await browser.get(path)).status).to.equal(404);
  });

  it('shows nothing to change to who may only look', async () => {
    const bench = new PeopleBench(clientPages);
    const auditor = await bench.signedIn('auditor');
    const { status, text } = await auditor.get('/clients');
    if (status === 200) expect(text).not.to.contain('name="scopes"');
    else expect(status).to.equal(403);
  });
});
