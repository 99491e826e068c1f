import { expect } from 'chai';
import { faultAt, stored, withInes } from '../../support/console-person.ts';
import { tenant, userBody } from '../../support/provisioning-bench.ts';

const right = 'seven small boats at dawn';

describe('/console/people/{id}: actions', () => {
  it('tells first what will happen, and does it then', async () => {
    const { bench, id, browser } = await withInes();
    bench.provisioning.passMinutes(2);
    const before = await stored(bench, id);
    const { text } = await browser.get(`/people/${id}/resend`);
    expect(text).to.contain('The link or code sent before is worth nothing then.').and.to.contain('ines@mail.example');
    expect(await stored(bench, id)).to.deep.equal(before);
    const done = await browser.submit(`/people/${id}/resend`, { do: 'act' });
    expect(done.headers['location']).to.contain(`/console/people/${id}?said=`);
    expect((await stored(bench, id))?.account?.invitation?.id).not.to.equal(before?.account?.invitation?.id);
    expect(bench.provisioning.lastEvent('invitation.requested')?.actor).to.include({ kind: 'administrator' });
  });

  it('tells why something cannot be done, without a button for it', async () => {
    const { id, browser } = await withInes();
    await browser.submit(`/people/${id}/resend`, { do: 'act' });
    const { text, status } = await browser.get(`/people/${id}/resend`);
    expect(status).to.equal(200);
    expect(text).to.contain('try again in').and.not.to.contain('value="act"');
  });

  it('resets to a generated password that is shown once, or a typed one', async () => {
    const { bench, id, browser } = await withInes();
    const shown = await browser.submit(`/people/${id}/password`, { do: 'act', way: 'generate', forceChange: 'on' });
    const [, password = ''] = /<code class="line"[^>]*>([^<]+)<\/code>/.exec(shown.text) ?? [];
    expect(password).to.have.length.greaterThan(10);
    expect((await bench.provisioning.keys.signIn(tenant, 'ines', password)).outcome).to.equal('changeRequired');
    const typed = { do: 'act', way: 'type', password: right };
    expect((await browser.submit(`/people/${id}/password`, typed)).status).to.equal(303);
    expect((await bench.provisioning.keys.signIn(tenant, 'ines', right)).outcome).to.equal('ok');
    const short = await browser.submit(`/people/${id}/password`, { do: 'act', way: 'type', password: 'short' });
    expect(short.status).to.equal(422);
    expect(faultAt(short.text, 'password')).to.equal(
      'The password must have at least 15 characters. The password is on the lists that attackers try first.',
    );
  });

  it('corrects the address, extends by the tenant’s clocks, invites by each method', async () => {
    const { bench, id, browser } = await withInes();
    await browser.submit(`/people/${id}/extend`, { do: 'act', expiresAt: '2031-06-01T09:30' });
    expect((await stored(bench, id))?.account?.invitation?.expiresAt).to.equal('2031-06-01T09:30:00.000Z');
    await browser.submit(`/people/${id}/address`, { do: 'act', email: 'okoro@mail.example', notificationEmail: '' });
    await bench.deliver();
    expect((await browser.get(`/people/${id}`)).text).to.contain('okoro@mail.example');
    for (const method of ['emailOtp', 'emailLink']) {
      bench.provisioning.passMinutes(2);
      const done = await browser.submit(`/people/${id}/invite`, { do: 'act', method });
      expect(done.status, done.text.slice(0, 2000)).to.equal(303);
      expect((await stored(bench, id))?.account?.invitation?.method).to.equal(method);
    }
  });

  for (const [title, action, fields, field, words] of [
    ['an address that is none', 'address', { email: 'nobody' }, 'email', 'This is not a mail address'],
    ['no address at all', 'address', { email: '' }, 'email', 'Enter the mail address'],
    ['the address that is there', 'address', { email: 'ines@mail.example' }, 'email', 'This is the address'],
    ['no moment', 'extend', { expiresAt: '' }, 'expiresAt', 'Enter a day and a time.'],
    ['a moment that has passed', 'extend', { expiresAt: '2020-01-01T09:00' }, 'expiresAt', 'This moment has passed.'],
  ] as const) {
    it(`says at the field what is wrong with ${title}`, async () => {
      const { id, browser } = await withInes();
      const { status, text } = await browser.submit(`/people/${id}/${action}`, { do: 'act', ...fields });
      expect(status).to.equal(422);
      expect(faultAt(text, field)).to.contain(words);
    });
  }

  it('sends nothing to a person without an address: asks for the address first', async () => {
    const { bench, browser } = await withInes();
    const id = await bench.provisioning.createUser(userBody('zoe', {}, { emails: [] }));
    for (const { status, text } of [
      await browser.get(`/people/${id}/invite`),
      await browser.submit(`/people/${id}/invite`, { do: 'act', method: 'emailLink' }),
    ]) {
      expect(status).to.be.oneOf([200, 422]);
      expect(text)
        .to.contain('Nothing goes out: there is no address to write to.')
        .and.not.to.contain('The invitation is on its way.');
    }
    expect((await stored(bench, id))?.account?.invitation).to.equal(undefined);
  });

  it('offers no resend that would send nothing, and the address as the first action', async () => {
    const { bench, browser } = await withInes();
    const id = await bench.provisioning.createUser(userBody('zoe', { preRegistration: true }, { emails: [] }));
    const resend = await browser.get(`/people/${id}/resend`);
    expect(resend.status).to.equal(200);
    expect(resend.text).to.contain('Correct the address first.').and.not.to.contain('value="act"');
    const [, first] = /<a class="button"\s+href="([^"]*)"/.exec((await browser.get(`/people/${id}`)).text) ?? [];
    expect(first).to.equal(`/console/people/${id}/address`);
  });

  it('shows the marks that turn a name around as what they are', async () => {
    const { bench, browser } = await withInes();
    const name = 'evil \u202egnp.exe';
    const id = await bench.provisioning.createUser(userBody('turned', {}, { displayName: name }));
    for (const path of ['/people', `/people/${id}`]) {
      const { text } = await browser.get(path);
      expect(text)
        .to.contain('evil \u2426gnp.exe')
        .and.not.to.match(/>[^<]*\u202e/);
    }
  });

  it('deletes, lists the deleted, and puts them back', async () => {
    const { bench, id, browser } = await withInes();
    await browser.submit(`/people/${id}/deactivate`, { do: 'act' });
    expect((await stored(bench, id))?.resource['active']).to.equal(false);
    await browser.submit(`/people/${id}/delete`, { do: 'act' });
    expect(await stored(bench, id)).to.equal(undefined);
    expect((await browser.get('/people/deleted')).text).to.contain('Ines Okoro');
    expect((await browser.get(`/people/${id}/restore`)).text).to.contain('The person is put back');
    await browser.submit(`/people/${id}/restore`, { do: 'act' });
    expect(await stored(bench, id)).not.to.equal(undefined);
  });
});
