import { expect } from 'chai';
import { messagePages } from '../../../src/console/messages/message-pages.ts';
import { PeopleBench } from '../../support/people-bench.ts';

const evil = `"><script>alert(1)</script>`;

async function open() {
  const bench = new PeopleBench(messagePages);
  await bench.admin.tenants.open();
  await bench.admin.call('post', '/admin/v1/tenants', { id: 'acme', name: 'Acme' }, 'admin operator');
  return { bench, browser: await bench.signedIn() };
}

describe('/console/messages', () => {
  it('shows a message in a frame of its own policy, in the language, scheme and width that are chosen', async () => {
    const { browser } = await open();
    const { status, text } = await browser.get('/messages?name=invitation&language=ar&scheme=dark&width=desktop');
    expect(status).to.equal(200);
    expect(text).to.contain('class="screen desktop dark"').and.to.contain('name=invitation&amp;language=ar');
    const frame = await browser.get('/messages/frame?name=invitation&language=ar');
    expect(frame.text).to.contain('dir="rtl"');
    expect(frame.headers['content-security-policy']).to.include("default-src 'none'").and.to.include('sandbox');
    expect(frame.headers['x-frame-options']).to.equal('SAMEORIGIN');
  });

  it('shows a text message as text, and a page', async () => {
    const { browser } = await open();
    expect((await browser.get('/messages?name=invitationCode&channel=sms')).text).to.contain('<pre class="sms"');
    expect((await browser.get('/messages/frame?name=pages.signIn&language=de')).text).to.contain('lang="de"');
  });

  it('lets the frame load the logo that is tried out, from its site and no other', async () => {
    const { browser } = await open();
    const logo = encodeURIComponent('https://cdn.harbour.example/logo.png?a=b;c');
    const { headers } = await browser.get(`/messages/frame?name=invitation&logoUrl=${logo}`);
    expect(headers['content-security-policy']).to.include('img-src data: https://cdn.harbour.example;');
    const refused = await browser.get(
      `/messages/frame?name=invitation&logoUrl=${encodeURIComponent(`https://x ${evil}`)}`,
    );
    expect(refused.status).to.equal(400);
  });

  it('runs no name as markup', async () => {
    const { browser } = await open();
    const name = encodeURIComponent(evil);
    for (const path of [
      `/messages?name=invitation&productName=${name}`,
      `/messages/frame?name=invitation&productName=${name}`,
    ])
      expect((await browser.get(path)).text).not.to.contain('<script>alert');
  });

  it('sends a sample to oneself, and says what the mail server answered', async () => {
    const { bench, browser } = await open();
    const { headers } = await browser.submit('/messages?name=activated&language=de', {}, '/messages/send');
    expect(bench.admin.samples.map(({ to, locale }) => [to, locale])).to.deep.equal([
      ['owner-1@company.example', 'de'],
    ]);
    const { text } = await browser.get(String(headers['location']).replace(/^\/console/, ''));
    expect(text).to.contain('The mail server has taken it for');
  });

  it('keeps the brand, and says so', async () => {
    const { bench, browser } = await open();
    const answer = await browser.submit(
      '/messages',
      { do: 'save', productName: 'Harbour', color: '#e30613', helpText: 'The desk' },
      '/messages/brand',
    );
    expect(answer.status).to.equal(303);
    const { settings } = bench.admin.tenants.of('acme');
    expect([settings.productName, settings.brand.color, settings.brand.helpText]).to.deep.equal([
      'Harbour',
      '#e30613',
      'The desk',
    ]);
    const wrong = await browser.submit(
      '/messages',
      { do: 'save', productName: 'Harbour', color: 'red' },
      '/messages/brand',
    );
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain('brand.color');
  });

  it('is shown to auditors without what they may not do, and to helpdesk not at all', async () => {
    const { bench } = await open();
    const auditor = (await (await bench.signedIn('auditor')).get('/messages')).text;
    expect(auditor).not.to.contain('/messages/send"').and.not.to.contain('/messages/brand');
    expect((await (await bench.signedIn('helpdesk')).get('/messages')).status).to.equal(403);
  });

  it('explains the sender’s domain and what to publish', async () => {
    const { browser } = await open();
    const { text } = await browser.get('/messages/sender?selector=hafen');
    expect(text).to.contain('hafen._domainkey.harbour.example').and.to.contain('_dmarc.harbour.example');
  });
});
