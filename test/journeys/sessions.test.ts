import { expect } from 'chai';
import { type RawAnswer } from '../support/journey.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const password = 'a ferry leaves at seven';
const better = 'the ferry returns at nine';

describeServed('sessions', {}, (served) => {
  const outcome = ({ status, headers }: RawAnswer): string => `${status} ${headers.location ?? ''}`.trim();

  async function create(userName: string): Promise<string> {
    const { status, body } = await served().scim('POST', '/Users', { userName, password });
    expect(status).to.equal(201);
    return `/Users/${body.id}`;
  }

  async function signedIn(userName: string): Promise<PageVisitor> {
    const visitor = new PageVisitor(served().url);
    expect(outcome(await visitor.signIn(userName, password))).to.equal('303 /signed-in');
    return visitor;
  }

  /** Everything that a session is good for is sent to sign-in. */
  async function expectEnded(thief: PageVisitor, form: RawAnswer): Promise<void> {
    expect(outcome(await thief.withSameCookies().open('/signed-in'))).to.equal('303 /sign-in');
    expect(outcome(await thief.withSameCookies().open('/change-password'))).to.equal('303 /sign-in');
    const fields = { currentPassword: password, newPassword: better, repeatPassword: better };
    expect(outcome(await thief.withSameCookies().submit(form, fields))).to.equal('303 /sign-in');
  }

  it('a copied cookie is worth nothing once its session has been signed out of; another session lives on', async () => {
    await create('out@sessions.example');
    const visitor = await signedIn('out@sessions.example');
    const elsewhere = await signedIn('out@sessions.example');
    const thief = visitor.withSameCookies();
    const form = await thief.open('/change-password');
    expect(form.status).to.equal(200);
    expect(outcome(await visitor.submit(await visitor.open('/signed-in'), {}))).to.equal('303 /signed-out');
    await expectEnded(thief, form);
    expect((await elsewhere.open('/signed-in')).status).to.equal(200);
  });

  for (const [change, operations] of [
    ['a new password', [{ op: 'replace', path: 'password', value: better }]],
    [
      'deactivation, undone at once',
      [
        { op: 'replace', path: 'active', value: false },
        { op: 'replace', path: 'active', value: true },
      ],
    ],
  ] as const) {
    it(`a session ends with ${change}`, async () => {
      const name = `${change.split(/\W/).join('')}@sessions.example`;
      const path = await create(name);
      const visitor = await signedIn(name);
      const form = await visitor.open('/change-password');
      for (const operation of operations) {
        const patched = await served().scim('PATCH', path, { schemas: [patchOp], Operations: [operation] });
        expect(patched.status).to.equal(200);
      }
      await expectEnded(visitor, form);
    });
  }

  it('a session ends with its user', async () => {
    const path = await create('gone@sessions.example');
    const visitor = await signedIn('gone@sessions.example');
    const form = await visitor.open('/change-password');
    expect((await served().scim('DELETE', path)).status).to.equal(204);
    await create('gone@sessions.example');
    await expectEnded(visitor, form);
  });

  it("a user's own change of password ends the other sessions and keeps the one it was made in", async () => {
    await create('own@sessions.example');
    const visitor = await signedIn('own@sessions.example');
    const elsewhere = await signedIn('own@sessions.example');
    const form = await elsewhere.open('/change-password');
    const fields = { currentPassword: password, newPassword: better, repeatPassword: better };
    const changed = await visitor.submit(await visitor.open('/change-password'), fields);
    expect(outcome(changed)).to.equal('303 /change-password/done');
    expect((await visitor.open('/signed-in')).status).to.equal(200);
    await expectEnded(elsewhere, form);
  });
});
