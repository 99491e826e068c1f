import { expect } from 'chai';
import { AdminBench } from '../support/admin-bench.ts';
import { userBody } from '../support/provisioning-bench.ts';

const right = 'seven small boats at dawn';
const person = { id: 'id-00001', userName: 'ines', displayName: 'Ines Okoro' };

async function benchWithInes(onboarding = {}): Promise<AdminBench> {
  const bench = new AdminBench();
  await bench.provisioning.createUser(userBody('ines', onboarding, { password: right }));
  return bench;
}

describe('/auth/v1', () => {
  const verify = (bench: AdminBench, password: string, more = {}) =>
    bench.call('post', '/auth/v1/verify', { userName: 'ines', password, ...more });

  it('lets a right password in, in any spelling of the name, and says when the last time was', async () => {
    const bench = await benchWithInes();
    expect((await verify(bench, right)).body).to.deep.equal({ result: 'ok', user: person });
    bench.provisioning.passMinutes(20);
    const again = await bench.call('post', '/auth/v1/verify', { userName: ' INES ', password: right });
    expect(again.body).to.deep.equal({ result: 'ok', user: person, lastSignInAt: '2031-05-06T07:08:09.000Z' });
    expect(again.headers['cache-control']).to.equal('no-store');
  });

  it('gives a ticket where the password must be changed; the ticket sets one password, and a refused one does not consume it', async () => {
    const bench = await benchWithInes({ forcePasswordReset: true });
    const { body } = await verify(bench, right);
    expect(body).to.include({ result: 'changeRequired', expiresAt: '2031-05-06T07:23:09.000Z' });
    const set = (password: string) => bench.call('post', '/auth/v1/password', { ticket: body.ticket, password });
    expect((await set('short')).body).to.deep.include({ result: 'refused', user: person });
    expect((await set('short')).body.faults[0]).to.deep.equal({
      rule: 'tooShort',
      min: 15,
      message: 'The password must have at least 15 characters.',
    });
    expect((await set('nine grey geese at noon')).body).to.deep.equal({ result: 'done', user: person });
    expect((await set('ten green hills at dusk')).body).to.deep.equal({ result: 'void', reason: 'used' });
    expect((await verify(bench, 'nine grey geese at noon')).body.result).to.equal('ok');
    expect((await bench.call('post', '/auth/v1/password', { ticket: 'made.up', password: right })).body).to.deep.equal({
      result: 'void',
      reason: 'unknown',
    });
  });

  it('lets a ticket run out', async () => {
    const bench = await benchWithInes({ forcePasswordReset: true });
    const { body } = await verify(bench, right);
    bench.provisioning.passMinutes(15);
    expect(
      (await bench.call('post', '/auth/v1/password', { ticket: body.ticket, password: 'nine grey geese at noon' }))
        .body,
    ).to.deep.equal({ result: 'void', reason: 'expired' });
  });

  it("takes an invitation's code, with a ticket to set a password", async () => {
    const bench = new AdminBench();
    await bench.provisioning.createUser(userBody('ines', { preRegistration: true, invitationMethod: 'emailOtp' }));
    const [mail] = await bench.provisioning.deliver();
    const { body } = await verify(bench, String(mail!.values['code']));
    expect(body).to.include({ result: 'codeAccepted' });
    expect(
      (await bench.call('post', '/auth/v1/password', { ticket: body.ticket, password: right })).body.result,
    ).to.equal('done');
    expect((await verify(bench, right)).body.result).to.equal('ok');
  });

  it('says when somebody may sign in who may not yet', async () => {
    const bench = await benchWithInes({ startDate: '2031-06-01T08:00:00Z' });
    expect((await verify(bench, right)).body).to.deep.equal({
      result: 'notStarted',
      startsAt: '2031-06-01T08:00:00.000Z',
    });
    const invited = await benchWithInes({ preRegistration: true });
    expect((await verify(invited, right)).body).to.deep.equal({ result: 'locked' });
  });

  it('answers wrong passwords and unknown, deactivated and absent users with the very same', async () => {
    const bench = await benchWithInes();
    const gone = await bench.provisioning.createUser(userBody('gone', {}, { password: right }));
    await bench.provisioning.patchUser(gone, [{ op: 'replace', path: 'active', value: false }]);
    for (const userName of ['ines', 'gone', 'nobody']) {
      for (let failure = 1; failure <= 5; failure += 1) {
        expect(
          (await bench.call('post', '/auth/v1/verify', { userName, password: userName === 'gone' ? right : 'wrong' }))
            .body,
          `${userName} ${failure}`,
        ).to.deep.equal({ result: 'invalid' });
      }
      expect((await bench.call('post', '/auth/v1/verify', { userName, password: right })).body, userName).to.deep.equal(
        { result: 'locked', until: '2031-05-06T07:08:10.000Z' },
      );
    }
  });

  it('does the same hashing for every refused name', async () => {
    const bench = await benchWithInes();
    await bench.provisioning.createUser(userBody('invited', { preRegistration: true, invitationMethod: 'emailOtp' }));
    await bench.provisioning.deliver();
    const { hasher } = bench.provisioning;
    let hashings = 0;
    const verifyHash = hasher.verify.bind(hasher);
    hasher.verify = (hashed, secret) => {
      hashings += 1;
      return verifyHash(hashed, secret);
    };
    for (const password of ['wrong', 'ABCD2345']) {
      const counts = [];
      for (const userName of ['ines', 'invited', 'nobody']) {
        hashings = 0;
        expect((await bench.call('post', '/auth/v1/verify', { userName, password })).body).to.deep.equal({
          result: 'invalid',
        });
        counts.push(hashings);
      }
      expect(new Set(counts).size, `${password}: ${counts.join()}`).to.equal(1);
      expect(counts[0]).to.be.greaterThan(0);
    }
  });

  it('counts failures for the address too, whichever names they are for, and forgets them in time', async () => {
    const bench = await benchWithInes();
    const from = (address: string, userName: string, password = 'wrong') =>
      bench.call('post', '/auth/v1/verify', { userName, password, address });
    for (let failure = 1; failure <= 104; failure += 1)
      expect((await from('203.0.113.7', `nobody${failure}`)).body.result, String(failure)).to.equal('invalid');
    expect((await from('203.0.113.7', 'nobody0')).body.result).to.equal('invalid');
    expect((await from('203.0.113.7', 'ines', right)).body).to.deep.equal({
      result: 'locked',
      until: '2031-05-06T07:08:10.000Z',
    });
    expect((await from('203.0.113.8', 'ines', right)).body.result).to.equal('ok');
    expect((await verify(bench, right)).body.result).to.equal('ok');
    bench.provisioning.now += 1000;
    expect((await from('203.0.113.7', 'ines', right)).body.result).to.equal('ok');
    bench.provisioning.passMinutes(15);
    expect((await from('203.0.113.7', 'nobody', 'wrong')).body.result).to.equal('invalid');
    expect((await from('203.0.113.7', 'ines', right)).body.result).to.equal('ok');
  }).timeout(20_000);

  it('names what is wrong with a call and repeats no secret, in no answer and no log', async () => {
    const bench = await benchWithInes();
    const secret = 'a-secret-that-must-stay-one';
    const bad: [unknown, RegExp][] = [
      [{ password: secret }, /userName is missing/],
      [{ userName: 'ines' }, /password is missing/],
      [{ userName: 7, password: secret }, /userName must be a text/],
      [{ userName: 'ines', password: [secret] }, /password must be a text/],
      [{ userName: 'ines', password: secret, pin: secret }, /pin is not a known key/],
      [{ userName: 'ines', password: '' }, /password must not be empty/],
      [[secret], /must be a JSON object/],
      [null, /must be a JSON object/],
    ];
    for (const [body, detail] of bad) {
      const answer = await bench.call('post', '/auth/v1/verify', body as never);
      expect(answer.status, JSON.stringify(body)).to.equal(400);
      expect(answer.body.detail).to.match(detail).and.not.include(secret);
    }
    expect((await bench.call('post', '/auth/v1/verify')).body.detail).to.equal('The body must be a JSON object.');
    await verify(bench, secret);
    await bench.call('post', '/auth/v1/password', { ticket: secret, password: secret });
    expect(bench.logged).to.include('"operation":"verifySignIn"').and.not.include(secret).and.not.include('ines');
  });

  it('judges nothing for a client without the scope', async () => {
    const bench = await benchWithInes();
    expect(
      (await bench.call('post', '/auth/v1/verify', { userName: 'ines', password: right }, 'admin')).status,
    ).to.equal(403);
    expect((await bench.call('post', '/auth/v1/verify', { userName: 'ines', password: right }, '')).status).to.equal(
      401,
    );
    expect((await bench.provisioning.onboarding('id-00001')).lastSignInAt).to.equal(undefined);
  });
});
