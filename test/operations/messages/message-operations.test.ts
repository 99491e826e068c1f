import { expect } from 'chai';
import type { Administrator } from '../../../src/administrators/administrator.ts';
import { AdminBench } from '../../support/admin-bench.ts';
import { tenant } from '../../support/provisioning-bench.ts';

const messages = '/admin/v1/messages';

describe('/admin/v1/messages', () => {
  it('writes every message in every language by every channel, and every page', async () => {
    const bench = new AdminBench();
    const { body: list } = await bench.call('get', messages);
    expect(list.languages).to.include.members(['ar', 'de', 'en', 'ja']);
    for (const language of list.languages as string[]) {
      for (const { name, channels } of list.messages as { name: string; channels: string[] }[])
        for (const channel of channels) {
          const { status, body } = await bench.call(
            'get',
            `${messages}/${name}?language=${language}&channel=${channel}`,
          );
          expect([status, body.language], `${name} ${language} ${channel}`).to.deep.equal([200, language]);
          expect(body.text, `${name} ${language}`).to.be.a('string').and.not.to.equal('');
          expect(body.html === undefined).to.equal(channel === 'sms');
        }
    }
    for (const page of list.pages as string[]) {
      const { status, body } = await bench.call('get', `${messages}/pages.${page}?language=de`);
      expect([status, typeof body.html], page).to.deep.equal([200, 'string']);
    }
  }).timeout(60_000);

  it('shows branding before it is set: name, colour, logo and help', async () => {
    const bench = new AdminBench();
    const query = new URLSearchParams({
      productName: 'Harbour <b>ID</b>',
      color: '#e30613',
      logoUrl: 'https://harbour.example/logo.png',
      helpText: 'The desk, 7 to 18',
    }).toString();
    const { body: mail } = await bench.call('get', `${messages}/invitation?${query}`);
    expect(mail.subject).to.include('Harbour <b>ID</b>');
    expect(mail.html).to.include('#e30613').and.to.include('src="https://harbour.example/logo.png"');
    expect(mail.html).to.include('The desk, 7 to 18').and.not.to.include('<b>ID</b>');
    const { body: page } = await bench.call('get', `${messages}/pages.signIn?${query}`);
    expect(page.html).to.include('<img src="https://harbour.example/logo.png"');
    expect(page.html).to.include('Harbour &lt;b&gt;ID&lt;/b&gt;');
    const [, styles = ''] = /text\/css;base64,([\w+/=]+)" \/>\s*(?:<script|<\/head>)/.exec(String(page.html)) ?? [];
    expect(Buffer.from(styles, 'base64').toString()).to.include('--key:#e30613');
  });

  it('refuses what it cannot show, naming it', async () => {
    const bench = new AdminBench();
    const refused = async (path: string) => {
      const { status, body } = await bench.call('get', `${messages}/${path}`);
      return [status, body.detail as string] as const;
    };
    expect((await refused('nothing'))[0]).to.equal(404);
    expect((await refused('pages.nothing'))[0]).to.equal(404);
    expect((await refused('pages.__proto__'))[0]).to.equal(404);
    expect((await refused('invitation?language=xx'))[1]).to.match(/^language: /);
    expect((await refused('password?channel=sms'))[1]).to.match(/^channel: the message password goes by email/);
    expect((await refused('invitation?color=red'))[1]).to.match(/^color /);
    expect((await refused('invitation?logoUrl=http://harbour.example/logo.png'))[1]).to.match(/^logoUrl: /);
    expect((await refused('invitation?logoUrl=javascript:alert(1)'))[1]).to.match(/^logoUrl: /);
  });

  it('sends a sample to whoever asks, at their own address, and twenty within an hour at most', async () => {
    const bench = new AdminBench();
    bench.administrators.set('ines', { id: 'ines', email: 'ines@harbour.example', role: 'admin' } as Administrator);
    const actor = {
      tenant,
      client: 'Ines',
      requestId: 'r',
      actor: { kind: 'administrator' as const, id: 'ines', name: 'Ines' },
    };
    const params = { name: 'invitation' };
    const send = () =>
      Promise.resolve(
        bench.operations['sendTestMessage']!({ actor, id: '', params, query: {}, body: { language: 'de' } }),
      );
    expect((await send()).body).to.deep.equal({
      to: 'ines@harbour.example',
      outcome: 'accepted',
      reply: '250 2.0.0 Ok',
    });
    const [mail] = bench.samples;
    expect(mail).to.include({ to: 'ines@harbour.example', locale: 'de', from: 'Harbour <keys@harbour.example>' });
    for (let more = 1; more < 20; more += 1) await send();
    const refused = await send().then(
      () => 200,
      (error: { readonly status: number }) => error.status,
    );
    expect([refused, bench.samples.length]).to.deep.equal([429, 20]);
  });

  it('sends no sample for a client, which has no address', async () => {
    const bench = new AdminBench();
    const { status, body } = await bench.call('post', `${messages}/invitation/send`, {});
    expect([status, bench.samples.length]).to.deep.equal([409, 0]);
    expect(body.detail).to.include('a client has no address');
  });

  it('checks the sender’s domain', async () => {
    const bench = new AdminBench();
    bench.dns.set('harbour.example', [['v=spf1 -all']]);
    const { body } = await bench.call('get', `${messages}/sender?selector=x`);
    expect([body.domain, body.records.map(({ state }: { state: string }) => state)]).to.deep.equal([
      'harbour.example',
      ['fine', 'missing', 'missing'],
    ]);
    expect((await bench.call('get', `${messages}/sender?selector=${encodeURIComponent('a b')}`)).status).to.equal(400);
  });
});
