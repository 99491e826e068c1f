import { expect } from 'chai';
import request from 'supertest';
import { accountSite, hiddenFields } from '../../support/account-site.ts';
import { person } from '../../support/fake-keys.ts';

const typed = 'what I "typed" <here>';
const escaped = 'what I &quot;typed&quot; &lt;here&gt;';

function site() {
  const found = accountSite();
  found.keys.rights.set('tok', { state: 'valid', person: person(), expiresAt: null });
  const post = (fields: Record<string, string>, path = '/set-password?token=tok') =>
    request(found.app).post(path).type('form').send(fields);
  return { ...found, post };
}

/** The first password field of a page: its type and its value. */
function field(page: string): (string | undefined)[] {
  const input = /<input[^>]*data-secret[^>]*>/s.exec(page)?.[0] ?? '';
  return [/ type="(\w+)"/s.exec(input.replaceAll(/\s+/g, ' '))?.[1], / value="([^"]*)"/.exec(input)?.[1]];
}

describe('what was typed', () => {
  it('is shown when asked for, stored nowhere, and kept by no cache', async () => {
    const { app, keys, post } = site();
    const fields = hiddenFields((await request(app).get('/set-password?token=tok')).text);
    const shown = await post({ ...fields, newPassword: typed, peek: 'show' });
    expect([shown.status, ...field(shown.text)]).to.deep.equal([200, 'text', escaped]);
    expect(shown.headers['cache-control']).to.equal('no-store');
    expect(shown.text).not.to.include('role="alert"');
    expect(keys.calls).to.deep.equal([]);
    const hidden = await post({ ...hiddenFields(shown.text), newPassword: typed, peek: 'hide' });
    expect(field(hidden.text)).to.deep.equal(['password', escaped]);
    await post({ ...hiddenFields(hidden.text), newPassword: typed }).expect(303);
    expect(keys.calls).to.deep.equal([{ name: 'setPassword', args: ['tok', typed] }]);
  });

  it('stays in sight when it is refused, if it was in sight before', async () => {
    const { app, keys, post } = site();
    keys.setPasswordResult = { outcome: 'refused', person: person(), faults: [{ rule: 'common' }] };
    const fields = hiddenFields((await request(app).get('/set-password?token=tok')).text);
    const shown = await post({ ...fields, newPassword: '', peek: 'show' });
    expect(field(shown.text)).to.deep.equal(['text', undefined]);
    const refused = await post({ ...hiddenFields(shown.text), newPassword: typed });
    expect([refused.status, ...field(refused.text)]).to.deep.equal([422, 'text', escaped]);
    const blind = await post({ ...fields, newPassword: typed });
    expect([blind.status, ...field(blind.text)]).to.deep.equal([422, 'password', undefined]);
  });

  it('is shown to nobody without the form that we gave, nor behind a link that is dead', async () => {
    const { keys, post } = site();
    expect((await post({ token: 'tok', newPassword: typed, peek: 'show' })).status).to.equal(403);
    keys.rights.set('tok', { state: 'used', person: person(), at: undefined });
    const { status, text } = await post({ token: 'tok', newPassword: typed, peek: 'show' });
    expect([status, text.includes(escaped)]).to.deep.equal([410, false]);
  });

  it('is shown where people sign in, too, and signs nobody in', async () => {
    const { app, keys, post } = site();
    const fields = hiddenFields((await request(app).get('/sign-in')).text);
    const shown = await post({ ...fields, userName: 'ines', password: typed, peek: 'show' }, '/sign-in');
    expect([shown.status, ...field(shown.text)]).to.deep.equal([200, 'text', escaped]);
    expect(shown.text).to.include('value="ines"');
    expect(keys.calls).to.deep.equal([]);
  });

  it('is typed once; a form that asks twice must say the same twice', async () => {
    const { app, keys, post } = site();
    const fields = hiddenFields((await request(app).get('/set-password?token=tok')).text);
    await post({ ...fields, newPassword: typed, repeatPassword: 'something else' }).expect(422);
    await post({ ...fields, newPassword: typed, repeatPassword: typed }).expect(303);
    expect(keys.calls).to.have.length(1);
  });

  it('is shown by a script of our own, where scripts run', async () => {
    const { app } = site();
    const { text } = await request(app).get('/set-password?token=tok');
    const [, source = ''] = /<script src="([^"]+)" defer><\/script>/.exec(text) ?? [];
    const { status, headers, text: script } = await request(app).get(source);
    expect([status, headers['content-type'], headers['x-content-type-options']]).to.deep.equal([
      200,
      'text/javascript; charset=utf-8',
      'nosniff',
    ]);
    expect(script.split('\n').length).to.be.lessThan(40);
    expect(script).not.to.match(/innerHTML|eval|fetch|XMLHttp|localStorage|cookie|https?:/);
    expect((await request(app).get('/forgot-password')).text).not.to.include('<script');
  });
});
