import { expect } from 'chai';
import { messagePages } from '../../../src/console/messages/message-pages.ts';
import { PeopleBench } from '../../support/people-bench.ts';

const subject = 'mail.messages.invitation.subject';
const text = 'mail.messages.invitation.text';
const choice = { name: 'invitation', language: 'en', channel: 'email' };
const path = '/messages/words?name=invitation&language=en';

describe('/console/messages/words', () => {
  it('changes a text, shows it in the frame, and takes it back where the field is empty', async () => {
    const browser = await opened();
    const before = await browser.get(path);
    expect(before.text).to.contain('Must show').and.to.contain('name="mail.greeting"');
    const typed = fieldsOf(before.text);
    expect(typed[subject]).to.equal('Set your password for {{productName}}');
    const saved = await browser.submit(
      path,
      { ...choice, ...typed, [subject]: 'Ahoy </title><b>', do: 'save' },
      '/messages/words',
    );
    expect(saved.status, saved.text).to.equal(303);
    const after = await browser.get(path);
    expect(after.text).to.contain('Ahoy &lt;/title').and.to.contain('changed').and.to.contain('Standard: ');
    const frame = await browser.get('/messages/words/frame?name=invitation&language=en');
    expect(frame.headers['content-security-policy']).to.contain('sandbox').and.not.to.contain('script-src');
    expect(frame.text).to.contain('Ahoy &lt;/title').and.not.to.contain('Ahoy </title>');
    await browser.submit(path, { ...choice, ...typed, [subject]: '', do: 'save' }, '/messages/words');
    expect(fieldsOf((await browser.get(path)).text)[subject]).to.equal(typed[subject]);
  });

  it('shows what is typed in the frame, and keeps nothing of it', async () => {
    const browser = await opened();
    const typed = fieldsOf((await browser.get(path)).text);
    const shown = await browser.submit(
      path,
      { ...choice, ...typed, [subject]: 'Not kept', do: 'preview' },
      '/messages/words',
    );
    expect(shown.status).to.equal(200);
    expect(shown.text).to.contain('Not kept');
    expect(shown.headers['content-security-policy']).to.contain('sandbox');
    expect((await browser.get(path)).text).not.to.contain('Not kept');
    const wrong = await browser.submit(
      path,
      { ...choice, ...typed, [text]: 'no value', do: 'preview' },
      '/messages/words',
    );
    expect(wrong.text).to.contain('A text cannot be used like this yet.');
    const page = { name: 'pages.signIn', language: 'de' };
    const german = '/messages/words?name=pages.signIn&language=de';
    const fields = fieldsOf((await browser.get(german)).text);
    const seen = await browser.submit(
      german,
      { ...page, ...fields, 'pages.signIn.title': 'An Bord', do: 'preview' },
      '/messages/words',
    );
    expect(seen.text).to.contain('An Bord');
  });

  it('says at its field what a text must show, and keeps what was typed', async () => {
    const browser = await opened();
    const typed = fieldsOf((await browser.get(path)).text);
    const refused = await browser.submit(
      path,
      { ...choice, ...typed, [text]: 'Come in', do: 'save' },
      '/messages/words',
    );
    expect(refused.status).to.equal(422);
    expect(refused.text).to.contain('This text must show').and.to.contain('aria-invalid="true"');
    expect(fieldsOf(refused.text)[text]).to.equal('Come in');
  });

  it('is read by auditors, without a form', async () => {
    const browser = await opened('auditor');
    const { status, text: shown } = await browser.get(path);
    expect(status).to.equal(200);
    expect(shown).to.contain('Set your password for {{productName}}').and.not.to.contain('<textarea');
  });
});

async function opened(role: 'owner' | 'auditor' = 'owner') {
  const bench = new PeopleBench(messagePages);
  await bench.admin.openTenant();
  return bench.signedIn(role);
}

function fieldsOf(page: string): Record<string, string> {
  const fields = [...page.matchAll(/<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)<\/textarea>/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}
