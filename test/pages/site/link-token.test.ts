import { expect } from 'chai';
import request from 'supertest';
import { newToken } from '../../../src/provisioning/first-key/invitations.ts';
import { tokensIn } from '../../../src/pages/site/link-token.ts';
import { accountSite, hiddenFields } from '../../support/account-site.ts';
import { person } from '../../support/fake-keys.ts';

const token = 'Zk4rT-0nq_W7yB2cX9dLhJ6mPvQ1sUeAoG5iFtKwM8E';

/** What mail programs and people make of `token=…`, as it stands in the address. */
const damaged = [
  `token=${token}.`,
  `token=${token})`,
  `token=${token}%3E`,
  `token=${token}>`,
  `token=${token}%20`,
  `token=${token}+`,
  `token=${token},`,
  `token=${token}%22`,
  `token=${token}'`,
  `token=${token}%E2%80%9D.`,
  `token=${token}_`,
  `token=${token}%5D(https://keys.example)`,
  `token=${token}%20and%20more%20words`,
  `token=3D${token}`,
  `token=%3D${token}`,
  `token==3D${token}`,
  `token=-${token}`,
  `token%3D${token}`,
  `token=%22${token}%22`,
  `token=%3C${token}%3E`,
  `token=${token.slice(0, 20)}%0D%0A${token.slice(20)}`,
  `token=${token.slice(0, 20)}=%0A${token.slice(20)}`,
  `token=${token.slice(0, 20)}%20${token.slice(20)}`,
  `token=${token.slice(0, 20)}%0A%3E%20${token.slice(20)}`,
  `token=${token.slice(0, 20)}%E2%80%8B${token.slice(20)}`,
  `lang=en&amp;token=${token}`,
  `token=${token}&amp;lang=en`,
];

describe('the token of a link', () => {
  it('has the length that pages look for', () => {
    expect(newToken()).to.have.length(token.length);
  });

  it('is left alone where it is too short to be one', () => {
    expect(['', 'tok', 'tok.', '\u0000'].map(tokensIn)).to.deep.equal([[''], ['tok'], ['tok.'], ['\u0000']]);
  });

  it('is one of at most three, however long the address is', () => {
    for (const text of [`3D${'a'.repeat(60_000)}`, '=3D'.repeat(20_000), '\u200b'.repeat(60_000)]) {
      expect(tokensIn(text).length).to.be.within(1, 3);
    }
  });

  for (const query of damaged) {
    it(`is found in ?${query}, and the page works`, async () => {
      const { app, keys } = accountSite();
      keys.rights.set(token, { state: 'valid', person: person(), expiresAt: null });
      const opened = await request(app).get(`/set-password?${query}`);
      expect(opened.status).to.equal(200);
      expect(hiddenFields(opened.text)['token']).to.equal(token);
      expect(keys.openings).to.deep.equal([[token, 'GET']]);
      await request(app)
        .post(`/set-password?${query}`)
        .type('form')
        .send({ ...hiddenFields(opened.text), newPassword: 'correct horse' })
        .expect(303);
      expect(keys.calls).to.deep.equal([{ name: 'setPassword', args: [token, 'correct horse'] }]);
    });

    it(`is found in ?${query} of the pages that show a password and prove an address`, async () => {
      const { app, keys, reveals } = accountSite();
      reveals.rights.set(token, { state: 'valid', person: person(), expiresAt: null, proof: 'userName' });
      const shown = await request(app).get(`/reveal-password?${query}`);
      expect([shown.status, hiddenFields(shown.text)['token']]).to.deep.equal([200, token]);
      keys.provedBy = token;
      const { text } = await request(app).get(`/verify-email?${query}`);
      await request(app)
        .post('/verify-email')
        .type('form')
        .send({ ...hiddenFields(text), confirm: 'yes' })
        .expect(303);
    });
  }
});
