import { expect } from 'chai';
import { AdminBench } from '../../support/admin-bench.ts';

const subject = 'mail.messages.invitation.subject';
const title = 'pages.signIn.title';

interface Text {
  readonly path: string;
  readonly text: string;
  readonly own: boolean;
}

async function wordsBench() {
  const bench = new AdminBench();
  await bench.openTenant();
  const words = async (name: string, query = ''): Promise<readonly Text[]> =>
    (await bench.call('get', `/admin/v1/messages/${name}/words${query}`)).body.texts;
  const change = (language: string, texts: object) =>
    bench.call('patch', '/admin/v1/messages/words', { language, texts } as never);
  return { bench, words, change };
}

describe('/admin/v1/messages: words', () => {
  it('lists the texts of a message with what each must show, those of all mails last', async () => {
    const { words } = await wordsBench();
    const texts = await words('invitation', '?language=de');
    expect(texts.slice(0, 5).map(({ path }) => path.split('.').at(-1))).to.deep.equal([
      ...['subject', 'title', 'text', 'button', 'unexpected'],
    ]);
    expect(texts[0]).to.deep.include({ own: false, shared: false, mayOmit: true, placeholders: '{{productName}}' });
    expect(texts.find(({ path }) => path === 'mail.greeting')).to.deep.include({ shared: true, mayOmit: false });
    expect((await words('reminder', '?channel=sms')).map(({ path }) => path)).to.deep.equal([
      ...['sms.messages.invitationCode', 'sms.expires', 'sms.page'],
    ]);
    expect((await words('pages.signIn')).map(({ path }) => path)).to.include(title);
  });

  it('puts a text in own words, in one language, in previews and what is tried out', async () => {
    const { bench, words, change } = await wordsBench();
    const { status, body } = await change('en', { [subject]: 'Welcome to {{productName}}', [title]: 'On board' });
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body).to.deep.equal({
      language: 'en',
      texts: { [subject]: 'Welcome to {{productName}}', [title]: 'On board' },
    });
    expect((await words('invitation'))[0]).to.deep.include({ path: subject, own: true });
    expect((await words('invitation', '?language=de'))[0]).to.deep.include({ own: false });
    const shown = async (name: string) => (await bench.call('get', `/admin/v1/messages/${name}?language=en`)).body;
    expect((await shown('invitation')).subject).to.match(/^Welcome to /);
    expect((await shown('pages.signIn')).html).to.contain('On board');
    const tried = await bench.call('post', '/admin/v1/messages/invitation/preview', {
      language: 'en',
      texts: { 'mail.messages.invitation.button': '<b>Go</b>', [subject]: null },
    });
    expect(tried.body.subject).to.match(/^Set your password/);
    expect(tried.body.html).to.contain('&lt;b&gt;Go').and.not.to.contain('<b>Go');
    expect((await shown('invitation')).subject).to.match(/^Welcome to /);
  });

  it('takes a text back by null, and keeps none that is the standard one', async () => {
    const { words, change } = await wordsBench();
    await change('en', { [subject]: 'Ahoy', [title]: 'On board' });
    expect((await change('en', { [subject]: null })).body.texts).to.deep.equal({ [title]: 'On board' });
    const standard = (await words('invitation'))[0]!.text;
    expect((await change('en', { [subject]: standard, [title]: null })).body.texts).to.deep.equal({});
  });

  it('changes nothing where one text cannot be used, and names each', async () => {
    const { words, change } = await wordsBench();
    const { status, body } = await change('en', { [subject]: 'Ahoy', 'mail.nothing': 'x', 'mail.expires': 'soon' });
    expect(status).to.equal(400);
    expect(body.detail).to.contain('mail.nothing is not a text').and.to.contain('mail.expires must use {{expiresAt}}');
    expect((await words('invitation'))[0]).to.deep.include({ own: false });
    expect((await change('tlh', { [subject]: 'Qapla' })).status).to.equal(400);
    expect((await change('en', { language: 'x' })).status).to.equal(400);
    expect((await change('en', { [subject]: 7 })).status).to.equal(400);
  });

  it('knows no message that there is not, nor one that does not go by this channel', async () => {
    const { bench } = await wordsBench();
    expect((await bench.call('get', '/admin/v1/messages/none/words')).status).to.equal(404);
    expect((await bench.call('get', '/admin/v1/messages/pages.none/words')).status).to.equal(404);
    expect((await bench.call('get', '/admin/v1/messages/activated/words?channel=sms')).status).to.equal(400);
    const tried = { texts: {} };
    expect((await bench.call('post', '/admin/v1/messages/none/preview', tried)).status).to.equal(404);
  });
});
