import { expect } from 'chai';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import type { RawAnswer } from '../support/journey.ts';
import { eventually, type ScimAnswer } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeOnBothStores } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const good = 'a ferry leaves at seven';
const better = 'the ferry returns at nine';

describeOnBothStores('the first key', {}, (served) => {
  const scim = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ScimAnswer> =>
    served().scim(method, path, body, headers);
  const visitor = (): PageVisitor => new PageVisitor(served().url);
  const choose = (password: string): Record<string, string> => ({ newPassword: password, repeatPassword: password });
  const outcome = ({ status, headers }: RawAnswer): string => `${status} ${headers.location ?? ''}`.trim();

  async function mailsTo(address: string): Promise<CapturedMail[]> {
    return (await served().mails()).filter(({ to }) => to === address);
  }

  /** The newest mail to an address once there are that many; there must be no more. */
  async function nthMail(address: string, count: number): Promise<CapturedMail> {
    const mails = await eventually(`mail ${count} to ${address}`, async () => {
      const found = await mailsTo(address);
      return found.length >= count && found;
    });
    expect(mails).to.have.lengthOf(count);
    return mails[0]!;
  }

  async function create(userName: string, onboarding: object, more: object = {}): Promise<string> {
    const answer = await scim('POST', '/Users', {
      userName,
      emails: [{ value: userName, primary: true }],
      ...(Object.keys(onboarding).length === 0 ? {} : { [urn]: onboarding }),
      ...more,
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return `/Users/${answer.body.id}`;
  }

  async function patch(path: string, ...operations: object[]): Promise<ScimAnswer> {
    const answer = await scim('PATCH', path, { schemas: [patchOp], Operations: operations });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer;
  }

  /** Waits until the user's record says how far they are, as nobody else's work then still goes on. */
  async function settledAt(path: string, status: string): Promise<Record<string, any>> {
    return eventually(`status ${status}`, async () => {
      const { body } = await scim('GET', path);
      return body[urn].status === status && body[urn];
    });
  }

  const linkIn = ({ text }: CapturedMail): string => /https?:\/\/\S+/.exec(text)?.[0] ?? '';
  const secretIn = ({ text }: CapturedMail, label: string): string =>
    new RegExp(`^${label}:\\n(.+)$`, 'm').exec(text)?.[1] ?? '';

  it('preRegistration: a mail, a page, a password, in', async () => {
    const name = 'ines@first.example';
    const path = await create(name, { preRegistration: true });
    const mail = await nthMail(name, 1);
    expect(mail.subject).to.equal('Set your password for Latchkey');
    const invited = await settledAt(path, 'invited');
    expect(invited)
      .to.include({ preRegistration: true, locked: true, lockedReason: 'pendingPassword' })
      .and.to.include.keys('invitedAt', 'invitationExpiresAt');
    expect((await visitor().signIn(name, good)).status).to.equal(422);

    const link = linkIn(mail);
    for (const method of ['GET', 'HEAD', 'GET'] as const)
      expect((await visitor().open(link, method)).status).to.equal(200);
    const page = await visitor().open(link);
    expect((await visitor().submit(page, choose('short'))).status).to.equal(422);
    expect(outcome(await visitor().submit(page, choose(good)))).to.equal('303 /set-password/done');
    expect((await visitor().open(link)).text).not.to.include('<form');
    expect((await visitor().submit(page, choose(better))).status).not.to.equal(303);

    expect(outcome(await visitor().signIn(name, good))).to.equal('303 /signed-in');
    expect((await visitor().signIn(name, better)).status).to.equal(422);
    const active = await settledAt(path, 'active');
    expect(active)
      .to.include({ locked: false })
      .and.to.include.keys('passwordChangedAt', 'lastSignInAt')
      .and.not.to.have.any.keys('invitationExpiresAt', 'lockedReason');
    const { body } = await scim(
      'GET',
      `/Users?filter=${encodeURIComponent(`${urn}:status eq "active" and userName eq "${name}"`)}&attributes=${urn}:deliveries`,
    );
    expect(body.Resources[0][urn].deliveries.map(({ state }: { state: string }) => state)).to.include.members([
      'sent',
      'passwordSet',
    ]);
    expect(await mailsTo(name)).to.have.lengthOf(1);
  });

  it('a code by mail: user name and code lead to the page, and so does the code as a password', async () => {
    for (const [name, way] of [
      ['otp1@first.example', '/set-password'],
      ['otp2@first.example', '/sign-in'],
    ] as const) {
      const path = await create(name, { preRegistration: 'true', invitationMethod: 'emailOtp' });
      const mail = await nthMail(name, 1);
      const code = secretIn(mail, 'Code');
      expect(code).to.match(/^[2-9A-Z]{4} [2-9A-Z]{4}$/);
      expect(linkIn(mail)).not.to.include(code);
      const person = visitor();
      const page = await person.open(way);
      expect((await person.submit(page, { userName: name, code: 'WRONGONE', password: 'WRONGONE' })).status).to.equal(
        422,
      );
      const choice = await person.submit(page, { userName: name, code, password: code });
      expect(choice.status).to.equal(200);
      expect(outcome(await person.submit(choice, choose(good)))).to.equal('303 /set-password/done');
      expect(outcome(await person.signIn(name, good))).to.equal('303 /signed-in');
      await settledAt(path, 'active');
    }
  });

  it('sendPassword with a password: mailed once, works once, must be changed', async () => {
    const name = 'given@first.example';
    const given = 'Given-by-the-admin-1';
    const path = await create(name, { sendPassword: true }, { password: given });
    expect(secretIn(await nthMail(name, 1), 'Password')).to.equal(given);
    await mustChange(name, given);
    await settledAt(path, 'active');
    expect(await mailsTo(name)).to.have.lengthOf(1);
  });

  it('sendPassword without one: generated, mailed once, works once, must be changed', async () => {
    const name = 'generated@first.example';
    const path = await create(name, { sendPassword: 'True' });
    const generated = secretIn(await nthMail(name, 1), 'Password');
    expect(generated).to.have.lengthOf.above(14);
    await mustChange(name, generated);
    await settledAt(path, 'active');
  });

  async function mustChange(name: string, mailed: string): Promise<void> {
    const choice = await visitor().signIn(name, mailed);
    expect(choice.status).to.equal(200);
    expect(choice.text).to.include('action="/change-password"');
    expect((await visitor().submit(choice, choose(mailed))).status).to.equal(422);
    expect(outcome(await visitor().submit(choice, choose(better)))).to.equal('303 /change-password/done');
    expect(outcome(await visitor().signIn(name, better))).to.equal('303 /signed-in');
    expect((await visitor().signIn(name, mailed)).status).to.equal(422);
  }

  it('forcePasswordReset: the next sign-in must choose a new password, and then it is done', async () => {
    const name = 'reset@first.example';
    const path = await create(name, {}, { password: good });
    expect(outcome(await visitor().signIn(name, good))).to.equal('303 /signed-in');
    const raised = await patch(path, { op: 'replace', path: `${urn}:forcePasswordReset`, value: 'True' });
    expect(raised.body[urn]).to.include({ forcePasswordReset: true });
    await scim('PUT', path, { userName: name, emails: [{ value: name, primary: true }], title: 'Mate' });
    expect((await scim('GET', path)).body[urn], 'after a PUT that does not name it').to.include({
      forcePasswordReset: true,
    });
    const choice = await visitor().signIn(name, good);
    expect(choice.text).to.include('action="/change-password"');
    expect(outcome(await visitor().submit(choice, choose(better)))).to.equal('303 /change-password/done');
    expect(outcome(await visitor().signIn(name, better))).to.equal('303 /signed-in');
    expect((await scim('GET', path)).body[urn].forcePasswordReset).to.equal(false);
    expect((await nthMail(name, 1)).subject).to.equal('Your Latchkey password was changed');
  });

  it('a nightly sync by PUT mails nobody and wipes nothing', async () => {
    const invited = 'nightly@first.example';
    const path = await create(invited, {
      preRegistration: true,
      notificationEmail: 'nightly@private.example',
      invitationMethod: 'emailLink',
    });
    const mail = await nthMail('nightly@private.example', 1);
    await settledAt(path, 'invited');
    const body = { userName: invited, emails: [{ value: invited, primary: true }], active: true };
    for (let night = 1; night <= 10; night += 1) {
      expect((await scim('PUT', path, { ...body, title: `night ${night}` })).status).to.equal(200);
      expect(
        (await scim('PUT', path, { ...body, title: `night ${night}`, [urn]: { preRegistration: true } })).status,
      ).to.equal(200);
    }
    expect(await settledAt(path, 'invited')).to.include({
      preRegistration: true,
      notificationEmail: 'nightly@private.example',
      invitationMethod: 'emailLink',
    });
    const page = await visitor().open(linkIn(mail));
    expect(outcome(await visitor().submit(page, choose(good)))).to.equal('303 /set-password/done');
    await scim('PUT', path, { ...body, [urn]: { preRegistration: true } });
    await settledAt(path, 'active');
    expect(outcome(await visitor().signIn(invited, good))).to.equal('303 /signed-in');
    expect([...(await mailsTo(invited)), ...(await mailsTo('nightly@private.example'))]).to.have.lengthOf(1);
  });

  it('deactivating cancels, activating begins anew, deleting ends it', async () => {
    const name = 'leaver@first.example';
    const path = await create(name, { preRegistration: true });
    const first = linkIn(await nthMail(name, 1));
    await settledAt(path, 'invited');
    await patch(path, { op: 'replace', value: { active: false } });
    await settledAt(path, 'none');
    const cancelled = await visitor().open(first);
    expect(cancelled.text).not.to.include('name="newPassword"');
    await patch(path, { op: 'Replace', path: 'active', value: 'True' });
    const second = linkIn(await nthMail(name, 2));
    expect((await visitor().open(first)).text).not.to.include('name="newPassword"');
    const page = await visitor().open(second);
    expect(page.status).to.equal(200);
    await settledAt(path, 'invited');
    expect((await scim('DELETE', path)).status).to.equal(204);
    expect((await visitor().open(second)).text).not.to.include('name="newPassword"');
    expect((await visitor().submit(page, choose(good))).status).not.to.equal(303);
    expect((await visitor().signIn(name, good)).status).to.equal(422);
  });

  it('created inactive: nothing is sent until active', async () => {
    const name = 'later@first.example';
    const path = await create(name, { preRegistration: true }, { active: false });
    await patch(path, { op: 'replace', path: 'active', value: true });
    await nthMail(name, 1);
  });

  it('resend: a new value sends anew and supersedes, the same value does nothing', async () => {
    const name = 'resend@first.example';
    const path = await create(name, { preRegistration: true });
    const first = linkIn(await nthMail(name, 1));
    await settledAt(path, 'invited');
    await patch(path, { op: 'add', path: `${urn}:resend`, value: '1' });
    const second = linkIn(await nthMail(name, 2));
    await settledAt(path, 'invited');
    const { headers } = await patch(path, { op: 'add', path: `${urn}:resend`, value: '1' });
    expect((await scim('GET', path)).headers.get('etag')).to.equal(headers.get('etag'));
    expect((await visitor().open(first)).text).not.to.include('name="newPassword"');
    expect((await visitor().open(second)).text).to.include('name="newPassword"');
    expect(await mailsTo(name)).to.have.lengthOf(2);
  });

  it('a placeholder of an Okta client is no password; a synced one is', async () => {
    const name = 'okta@first.example';
    const okta = { authorization: `Bearer ${served().token('okta')}` };
    const { body } = await scim(
      'POST',
      '/Users',
      { userName: name, emails: [{ value: name }], password: 'Placeholder-4711-okta', active: true },
      okta,
    );
    expect((await visitor().signIn(name, 'Placeholder-4711-okta')).status).to.equal(422);
    await scim(
      'PATCH',
      `/Users/${body.id}`,
      { schemas: [patchOp], Operations: [{ op: 'replace', value: { password: 'Synced-4711-from-okta' } }] },
      okta,
    );
    expect(outcome(await visitor().signIn(name, 'Synced-4711-from-okta'))).to.equal('303 /signed-in');
    expect(await mailsTo(name)).to.have.lengthOf(0);
  });

  it('forgotten: the same answer for a name that exists and one that does not, and a way back in', async () => {
    const name = 'forgot@first.example';
    const path = await create(name, {}, { password: good });
    const [known, unknown] = await Promise.all(
      [name, 'nobody@first.example'].map(async (userName) => {
        const person = visitor();
        return person.submit(await person.open('/forgot-password'), { userName });
      }),
    );
    expect(outcome(known!)).to.equal(outcome(unknown!)).and.to.match(/^303/);
    const page = await visitor().open(linkIn(await nthMail(name, 1)));
    expect(outcome(await visitor().submit(page, choose(better)))).to.equal('303 /set-password/done');
    expect(outcome(await visitor().signIn(name, better))).to.equal('303 /signed-in');
    expect(await mailsTo('nobody@first.example')).to.deep.equal([]);
    expect((await scim('GET', path)).body[urn].locked).to.equal(false);
  });

  const aliases: readonly (readonly [string, object])[] = [
    ['wso2 object', { 'urn:scim:wso2:schema': { askPassword: 'true' } }],
    [
      'wso2 under the enterprise URN',
      { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { askPassword: true, department: 'Docks' } },
    ],
    ['wso2 dotted', { 'urn:scim:wso2:schema:askPassword': 'True' }],
    [
      'custom URN',
      { 'urn:ietf:params:scim:schemas:extension:custom:2.0:User': { preRegistration: 'True', client: 'portal' } },
    ],
    ['flat spelling of Entra', { [`${urn}:preRegistration`]: 'True' }],
    ['dotted spelling', { [`${urn}.preRegistration`]: true }],
    ['top-level', { preRegistration: 'true' }],
    ['URN in lower case', { [urn.toLowerCase()]: { PREREGISTRATION: 'TRUE' } }],
  ];
  for (const [title, body] of aliases) {
    it(`alias, ${title}: invites`, async () => {
      const name = `${title.replace(/\W+/g, '-').toLowerCase()}@alias.example`;
      const path = await create(name, {}, body);
      await nthMail(name, 1);
      expect(await settledAt(path, 'invited')).to.include({ preRegistration: true });
    });
  }

  it('aliases in PATCHes: by path, without a path, a whole URN; each edge mails once', async () => {
    const name = 'patched@alias.example';
    const path = await create(name, {}, { password: good });
    await patch(path, { op: 'Replace', path: 'urn:scim:wso2:schema:forcePasswordReset', value: 'True' });
    expect((await scim('GET', path)).body[urn]).to.include({ forcePasswordReset: true });
    await patch(path, {
      op: 'replace',
      value: { 'urn:ietf:params:scim:schemas:extension:custom:2.0:User:forceResetPassword': 'False' },
    });
    expect((await scim('GET', path)).body[urn]).to.include({ forcePasswordReset: false });
    await patch(path, { op: 'add', path: 'urn:scim:wso2:schema', value: { askPassword: 'true' } });
    await nthMail(name, 1);
    await settledAt(path, 'invited');
    await patch(path, { op: 'replace', path: `${urn}:preRegistration`, value: true });
    await patch(path, { op: 'replace', value: { 'urn:scim:wso2:schema:accountLocked': 'true' } });
    expect((await scim('GET', path)).body.active).to.equal(false);
    expect(await mailsTo(name)).to.have.lengthOf(1);
  });

  it('no address: the write succeeds, the reason can be read, and an address mends it', async () => {
    const name = 'homeless';
    const path = await create(name, { preRegistration: true }, { emails: [] });
    expect((await scim('GET', path)).body[urn]).to.include({ status: 'failed' });
    const { body } = await scim('GET', `${path}?attributes=${urn}:deliveries`);
    expect(body[urn].deliveries[0])
      .to.include({ state: 'failed' })
      .and.have.property('reply')
      .that.matches(/address/);
    await patch(path, { op: 'add', path: 'emails', value: [{ value: 'homeless@first.example', type: 'work' }] });
    await nthMail('homeless@first.example', 1);
    await settledAt(path, 'invited');
  });

  it('a start date holds everything back, and moving it to today lets it go', async () => {
    const name = 'january@first.example';
    const path = await create(name, { preRegistration: true, startDate: '2099-01-01T08:00:00+01:00' });
    expect((await scim('GET', path)).body[urn]).to.include({ status: 'held', locked: true });
    await patch(path, { op: 'replace', path: `${urn}:startDate`, value: '2020-01-01T08:00:00Z' });
    await nthMail(name, 1);
    await settledAt(path, 'invited');
  });

  it('both flags at once: the invitation wins, and a password that came along opens nothing', async () => {
    const name = 'both@first.example';
    const path = await create(name, { preRegistration: true, sendPassword: true }, { password: 'Came-along-4711-x' });
    expect((await nthMail(name, 1)).subject).to.equal('Set your password for Latchkey');
    await settledAt(path, 'invited');
    expect((await visitor().signIn(name, 'Came-along-4711-x')).status).to.equal(422);
    expect(await mailsTo(name)).to.have.lengthOf(1);
  });

  it('a dry run mails nobody; a Bulk request mails each once', async () => {
    const dry = await scim('POST', '/Users?dryRun=true', {
      userName: 'dry@first.example',
      emails: [{ value: 'dry@first.example' }],
      [urn]: { preRegistration: true },
    });
    expect(dry.status).to.equal(200);
    const names = ['bulk1@first.example', 'bulk2@first.example'];
    const operations = names.map((userName, n) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `b${n}`,
      data: { userName, emails: [{ value: userName }], [urn]: { preRegistration: 'True' } },
    }));
    const { body } = await scim('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: operations,
    });
    expect(body.Operations.map(({ status }: { status: string }) => status)).to.deep.equal(['201', '201']);
    for (const name of names) await nthMail(name, 1);
    expect(await mailsTo('dry@first.example')).to.deep.equal([]);
  });

  it('a name changed while the invitation is out: the link still opens, the new name signs in', async () => {
    const path = await create('maiden@first.example', { preRegistration: true });
    const link = linkIn(await nthMail('maiden@first.example', 1));
    await settledAt(path, 'invited');
    await patch(path, { op: 'replace', path: 'userName', value: 'married@first.example' });
    const page = await visitor().open(link);
    expect(page.text).to.include('married@first.example');
    expect(outcome(await visitor().submit(page, choose(good)))).to.equal('303 /set-password/done');
    expect((await visitor().signIn('maiden@first.example', good)).status).to.equal(422);
    expect(outcome(await visitor().signIn('MARRIED@first.example', good))).to.equal('303 /signed-in');
  });

  it('verifyEmail: no way in before the address is proved', async () => {
    const name = 'proof@first.example';
    await create(name, { verifyEmail: 'true' }, { password: good });
    const link = linkIn(await nthMail(name, 1));
    expect((await visitor().signIn(name, good)).status).to.equal(422);
    const page = await visitor().open(link);
    expect((await visitor().signIn(name, good)).status, 'opening the link proves nothing').to.equal(422);
    expect((await visitor().submit(page, {})).status, 'nor does posting it empty').to.equal(422);
    expect(outcome(await visitor().submit(page, { confirm: 'yes' }))).to.equal('303 /verify-email/done');
    expect(outcome(await visitor().signIn(name, good))).to.equal('303 /signed-in');
  });

  it('an inactive user with sendPassword gets the password when active', async () => {
    const name = 'asleep@first.example';
    const path = await create(name, { sendPassword: true }, { password: 'Given-while-asleep-1', active: false });
    expect((await visitor().signIn(name, 'Given-while-asleep-1')).status).to.equal(422);
    await patch(path, { op: 'replace', path: 'active', value: true });
    const mailed = secretIn(await nthMail(name, 1), 'Password');
    expect((await visitor().signIn(name, mailed)).text).to.include('action="/change-password"');
  });

  it('deleted before the mail goes: nothing is sent; the name can begin anew', async () => {
    const name = 'again@first.example';
    const path = await create(name, { preRegistration: true, startDate: '2099-01-01T00:00:00Z' });
    expect((await scim('DELETE', path)).status).to.equal(204);
    await create(name, { preRegistration: true });
    await nthMail(name, 1);
  });

  it('preRegistration taken back calls the invitation off', async () => {
    const name = 'takenback@first.example';
    const path = await create(name, { preRegistration: true });
    const link = linkIn(await nthMail(name, 1));
    await settledAt(path, 'invited');
    await patch(path, { op: 'replace', path: `${urn}:preRegistration`, value: 'False' });
    expect((await visitor().open(link)).text).not.to.include('name="newPassword"');
    await patch(path, { op: 'replace', path: `${urn}:preRegistration`, value: true });
    await nthMail(name, 2);
  });
});
