import { expect } from 'chai';
import { hiddenOf } from '../../support/console-bench.ts';
import { faultAt, withInes } from '../../support/console-person.ts';
import type { PeopleBench } from '../../support/people-bench.ts';
import { tenant } from '../../support/provisioning-bench.ts';

const right = 'seven small boats at dawn';

describe('/console/people/new', () => {
  const person = { userName: 'omar', givenName: 'Omar', familyName: 'Haddad', email: 'omar@mail.example', do: 'act' };
  const found = async (bench: PeopleBench) => bench.provisioning.store.findByKey(tenant, 'User', 'username:omar');

  for (const [title, fields, outcome] of [
    [
      'a typed password, sent',
      { key: 'password', way: 'type', password: right, send: 'on', forceChange: 'on' },
      'password',
    ],
    ['a generated password, sent', { key: 'password', way: 'generate', send: 'on', forceChange: 'on' }, 'password'],
    ['an invitation by link', { key: 'invite', method: 'emailLink' }, 'invitation'],
    ['an invitation by a code in a mail', { key: 'invite', method: 'emailOtp' }, 'invitationCode'],
  ] as const) {
    it(`makes a person with ${title}`, async () => {
      const { bench, browser } = await withInes();
      const made = await browser.submit('/people/new', { ...person, ...fields });
      expect(made.status, made.text).to.equal(303);
      const messages = await bench.provisioning.deliver();
      expect(messages.map(({ template }) => template)).to.include(outcome);
    });
  }

  it('tells first what will happen, makes nobody then, and keeps what was typed', async () => {
    const { bench, browser } = await withInes();
    const { text } = await browser.submit('/people/new', {
      ...person,
      key: 'invite',
      method: 'emailOtp',
      do: 'preview',
    });
    expect(text).to.contain('The person is created.').and.to.contain('value="omar@mail.example"');
    expect(await found(bench)).to.equal(undefined);
  });

  it('says what is wrong with what was typed', async () => {
    const { browser, id } = await withInes();
    const taken = await browser.submit('/people/new', { ...person, userName: 'INES', key: 'none' });
    expect(taken.status).to.equal(422);
    expect(faultAt(taken.text, 'userName')).to.contain('Somebody has this user name already.').and.to.contain(id);
    expect(taken.text).to.match(/<input\s+id="userName"[^>]*aria-describedby="userName-hint userName-fault"/);
    const weak = { ...person, key: 'password', way: 'type', password: 'short' };
    expect((await browser.submit('/people/new', weak)).status).to.equal(422);
  });

  for (const [title, fields, field, words] of [
    ['without a user name', { userName: '', key: 'none' }, 'userName', 'Enter the name that they sign in with.'],
    ['with a day that does not exist', { start: '1999-02-30', key: 'none' }, 'start', 'This day does not exist.'],
    ['with a year that nobody means', { start: '0024-01-01', key: 'none' }, 'start', 'Check the year of this day.'],
    ['in a language without mails', { locale: 'klingon', key: 'none' }, 'locale', 'Choose a language from the list.'],
    ['with a mail address that is none', { email: 'x y', key: 'invite' }, 'email', 'This is not a mail address'],
    ['invited by mail without an address', { email: '', key: 'invite' }, 'email', 'Enter the mail address'],
    [
      'with a password to mail and no address',
      { email: '', key: 'password', way: 'generate', send: 'on', forceChange: 'on' },
      'email',
      'Enter the mail address',
    ],
    ['invited by text without a number', { key: 'invite', method: 'smsOtp' }, 'phone', 'Enter the mobile number'],
    [
      'invited by text to a number without its country',
      { key: 'invite', method: 'smsOtp', phone: '030 901820' },
      'phone',
      'Text messages cannot go to this number.',
    ],
  ] as const) {
    it(`makes nobody ${title}, and says at the field what to mend`, async () => {
      const { bench, browser } = await withInes();
      const refused = await browser.submit('/people/new', { ...person, ...fields });
      expect(refused.status, refused.text).to.equal(422);
      expect(faultAt(refused.text, field)).to.contain(words);
      expect(await found(bench)).to.equal(undefined);
    });
  }

  it('makes one person of a form that is sent twice', async () => {
    const { browser } = await withInes();
    const { text } = await browser.get('/people/new');
    const fields = { ...person, ...hiddenOf(text, '/console/people/new'), key: 'none' };
    expect((await browser.post('/people/new', fields)).status).to.equal(303);
    const again = await browser.post('/people/new', { ...fields, userName: 'omar2' });
    expect([again.status, again.text.includes('This form was sent before')]).to.deep.equal([409, true]);
  });

  it('takes a form again that was refused', async () => {
    const { browser } = await withInes();
    const { text } = await browser.get('/people/new');
    const fields = { ...person, ...hiddenOf(text, '/console/people/new'), key: 'none' };
    expect((await browser.post('/people/new', { ...fields, userName: '' })).status).to.equal(422);
    expect((await browser.post('/people/new', fields)).status).to.equal(303);
  });

  it('shows a generated password that is not mailed, this once', async () => {
    const { bench, browser } = await withInes();
    const { text } = await browser.submit('/people/new', {
      ...person,
      key: 'password',
      way: 'generate',
      forceChange: 'on',
    });
    const [, password = ''] = /<code class="line"[^>]*>([^<]+)<\/code>/.exec(text) ?? [];
    expect((await bench.provisioning.keys.signIn(tenant, 'omar', password)).outcome).to.equal('changeRequired');
  });
});
