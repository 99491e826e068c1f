import { expect } from 'chai';
import request from 'supertest';
import type { Right } from '../../../src/provisioning/access/right-to-set.ts';
import { accountSite, hiddenFields } from '../../support/account-site.ts';
import { person } from '../../support/fake-keys.ts';

describe('/verify-email', () => {
  it('proves the address only by the button', async () => {
    const { app, keys } = accountSite();
    const fields = hiddenFields((await request(app).get('/verify-email?token=address')).text);
    expect((await request(app).post('/verify-email').type('form').send(fields)).status).to.equal(422);
    expect(keys.calls).to.deep.equal([]);
    expect(
      (
        await request(app)
          .post('/verify-email')
          .type('form')
          .send({ ...fields, confirm: 'yes' })
      ).headers['location'],
    ).to.equal('/verify-email/done');
    expect(
      (
        await request(app)
          .post('/verify-email')
          .type('form')
          .send({ ...fields, token: 'other', confirm: 'yes' })
      ).status,
    ).to.equal(404);
  });

  const dead: readonly [Right, number, RegExp][] = [
    [{ state: 'superseded', person: person(), at: '2026-11-21T10:00:00.000Z' }, 410, /There is a newer message/],
    [{ state: 'used', person: person(), at: undefined }, 410, /does not work any more/],
    [{ state: 'expired', person: person(), at: undefined }, 410, /does not work any more/],
    [{ state: 'unknown' }, 404, /We do not know this link/],
  ];
  for (const [right, status, told] of dead)
    it(`tells when it is opened, and when its button is pressed, that the link is ${right.state}`, async () => {
      const { app, keys } = accountSite();
      const fields = hiddenFields((await request(app).get('/verify-email?token=address')).text);
      keys.rights.set('address', right);
      for (const answer of [
        await request(app).get('/verify-email?token=address'),
        await request(app)
          .post('/verify-email')
          .type('form')
          .send({ ...fields, confirm: 'yes' }),
      ]) {
        expect(answer.status).to.equal(status);
        expect(answer.text).to.match(told);
        expect(answer.text).not.to.include('name="confirm"');
      }
      expect(keys.calls).to.deep.equal([]);
    });
});
