import { expect } from 'chai';
import request from 'supertest';
import type { RightToSee } from '../../../src/provisioning/access/password-reveal.ts';
import type { SecondProof } from '../../../src/provisioning/access/second-proof.ts';
import { accountSite, hiddenFields } from '../../support/account-site.ts';
import { person } from '../../support/fake-keys.ts';

const at = '2026-11-20T15:04:00.000Z';
const path = '/reveal-password';
const secret = 'Kq7m-x4hd-3fgh';

function right(proof: SecondProof, over: Partial<RightToSee> = {}): RightToSee {
  return { state: 'valid', person: person(), expiresAt: at, proof, ...over };
}

describe('/reveal-password', () => {
  const site = (proof: SecondProof = 'userName') => {
    const made = accountSite();
    made.reveals.rights.set('tok', right(proof));
    const open = () => request(made.app).get(`${path}?token=tok`);
    const post = (fields: object) => request(made.app).post(path).type('form').send(fields);
    return { ...made, open, post };
  };

  it('asks who is there before it shows anything, and tells nothing that would answer', async () => {
    const { open } = site();
    const { status, text, headers } = await open();
    expect(status).to.equal(200);
    expect(text)
      .to.include('<h1>Your temporary password</h1>')
      .and.include('autocomplete="username"')
      .and.include('November 20, 2026');
    expect(text).not.to.include(secret).and.not.to.include('ines@entra.example').and.not.to.include('<script');
    expect(headers['cache-control']).to.equal('no-store');
    expect(headers['referrer-policy']).to.equal('no-referrer');
  });

  it('does nothing when it is opened, by GET or HEAD, or posted empty or without the button', async () => {
    for (const proof of ['userName', 'employeeNumber', 'code'] as const) {
      const { app, open, post, reveals } = site(proof);
      const fields = hiddenFields((await open()).text);
      expect((await request(app).head(`${path}?token=tok`)).status).to.equal(200);
      const filled = { userName: 'ines', code: 'K7M4XQ2P', employeeNumber: '4711' };
      const attempts = [
        {},
        { token: 'tok' },
        fields,
        { ...fields, userName: '', code: '', show: 'yes' },
        { ...fields, send: 'code' },
        { ...fields, ...filled },
        { token: 'tok', ...filled, show: 'yes' },
        { ...fields, form: 'forged', ...filled, show: 'yes' },
      ];
      for (const body of attempts) {
        const { status, text } = await post(body);
        expect(status, JSON.stringify(body)).to.be.oneOf([403, 404, 422]);
        expect(text).not.to.include(secret);
      }
      expect(reveals.calls).to.deep.equal([]);
    }
  });

  it('shows the password as the direct answer, uncached, with the way to the sign-in', async () => {
    const { open, post, reveals } = site();
    const answer = await post({ ...hiddenFields((await open()).text), userName: ' ines ', show: 'yes' });
    expect(answer.status).to.equal(200);
    expect(answer.headers['cache-control']).to.equal('no-store');
    expect(answer.text)
      .to.include(`<code dir="ltr" translate="no">${secret}</code>`)
      .and.include('only this once')
      .and.include('choose a new password')
      .and.include('href="/sign-in"');
    expect(answer.text).not.to.include('tok').and.not.to.include('<form');
    expect(reveals.calls).to.deep.equal([{ name: 'reveal', args: ['tok', 'ines', '', ''] }]);
  });

  it('says nothing of a change where the password may be kept', async () => {
    const { open, post, reveals } = site();
    reveals.result = { outcome: 'shown', person: person(), password: '<b>&"', mustChange: false };
    const { text } = await post({ ...hiddenFields((await open()).text), userName: 'ines', show: 'yes' });
    expect(text).to.include('&lt;b&gt;&amp;&quot;').and.not.include('choose a new password');
  });

  it('sends a code to the phone first, where there is one, and takes it on the next page', async () => {
    const { open, post, reveals } = site('code');
    const first = await open();
    expect(first.text)
      .to.include('name="send" value="code"')
      .and.not.include('one-time-code')
      .and.not.include('name="show"');
    const second = await post({ ...hiddenFields(first.text), userName: 'ines', send: 'code' });
    expect(second.status).to.equal(200);
    expect(second.text)
      .to.include('on its way to your phone')
      .and.include('autocomplete="one-time-code"')
      .and.include('value="ines"');
    expect(second.text.indexOf('name="show"'), 'Enter shows the password').to.be.below(
      second.text.indexOf('name="send"'),
    );
    expect((await post({ ...hiddenFields(second.text), userName: 'ines', code: ' ', show: 'yes' })).text).to.include(
      'Enter the code.',
    );
    expect(
      (await post({ ...hiddenFields(second.text), userName: 'ines', code: 'K7M4 XQ2P', show: 'yes' })).text,
    ).to.include(secret);
    expect(reveals.calls).to.deep.equal([
      { name: 'requestCode', args: ['tok', 'ines'] },
      { name: 'reveal', args: ['tok', 'ines', 'K7M4 XQ2P', ''] },
    ]);
  });

  it('asks for the employee number where the address tells the user name', async () => {
    const { open, post, reveals } = site('employeeNumber');
    const page = await open();
    expect(page.text).to.include('Employee number');
    expect((await post({ ...hiddenFields(page.text), userName: 'ines', show: 'yes' })).text).to.include(
      'id="employeeNumber-fault"',
    );
    await post({ ...hiddenFields(page.text), userName: 'ines', employeeNumber: '4711', show: 'yes' });
    expect(reveals.calls).to.deep.equal([{ name: 'reveal', args: ['tok', 'ines', '', '4711'] }]);
  });

  it('says what was wrong, and does not send a code back', async () => {
    const { open, post, reveals } = site('code');
    const fields = hiddenFields((await open()).text);
    reveals.result = { outcome: 'wrong', right: right('code') };
    const wrong = await post({ ...fields, userName: 'ines', code: 'WRONG234', show: 'yes' });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.include('role="alert"').and.include('After five wrong tries').and.not.include('WRONG234');
    reveals.result = { outcome: 'codeExpired', right: right('code') };
    expect((await post({ ...fields, userName: 'ines', code: 'LATE2345', show: 'yes' })).text).to.include(
      'no code that is still valid',
    );
    reveals.codeRequest = { outcome: 'wrong', right: right('code') };
    const named = await post({ ...fields, userName: 'inez', send: 'code' });
    expect(named.status).to.equal(422);
    expect(named.text).not.to.include('one-time-code');
    reveals.result = { outcome: 'void', right: { state: 'locked', person: person(), at } };
    expect((await post({ ...fields, userName: 'ines', code: 'WRONG234', show: 'yes' })).status).to.equal(410);
  });

  for (const [state, status, words, way] of [
    ['expired', 410, 'This link has expired', 'Send me a new message'],
    ['superseded', 410, 'There is a newer message', 'Send me a new message'],
    ['used', 410, 'This password has been shown', 'Send me a new message'],
    ['cancelled', 410, 'This link shows no password any more', 'Go to sign-in'],
    ['locked', 410, 'Too many wrong tries', 'Send me a new message'],
    ['notYet', 200, 'A little early', 'Need help?'],
  ] as const) {
    it(`has its own words, a date and a way on for a link that is ${state}`, async () => {
      const { reveals, open, post } = site();
      reveals.rights.set('tok', { state, at, person: person({ timezone: 'Asia/Tokyo' }) });
      const answer = await open();
      expect(answer.status).to.equal(status);
      expect(answer.text)
        .to.include(`<h1>${words}</h1>`)
        .and.include(way)
        .and.match(/November 21, 2026 at 12:04\sAM GMT\+9/);
      expect((await post({ token: 'tok', userName: 'ines', show: 'yes' })).status).to.equal(status);
      expect(reveals.calls).to.deep.equal([]);
    });
  }

  it('does not know unknown and missing tokens', async () => {
    const { app } = site();
    for (const query of ['?token=nope', '?token=', '']) {
      const { status, text } = await request(app).get(path + query);
      expect(status).to.equal(404);
      expect(text).to.include('We do not know this link').and.include('href="/forgot-password"');
    }
  });

  it("speaks the user's language", async () => {
    const { reveals, open } = site();
    reveals.rights.set('tok', right('code', { person: person({ locales: ['ar'] }) }));
    expect((await open()).text)
      .to.include('dir="rtl"')
      .and.include('كلمة المرور المؤقتة');
  });
});
