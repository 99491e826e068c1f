import { expect } from 'chai';
import { Secret, TOTP } from 'otpauth';
import { eventually, ownerLink, testToken } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const password = 'a ferry leaves at seven';

describeServed('lock-out by strangers', {}, (served) => {
  it("keeps out a new browser while it lasts, and never the owner's own", async () => {
    const userName = 'ines@lockout.example';
    const { body } = await served().scim('POST', '/Users', { userName, password });
    const owner = new PageVisitor(served().url);
    expect((await owner.signIn(userName, password)).headers.location).to.equal('/signed-in');
    await eventually('a lock', async () => {
      const guess = () => new PageVisitor(served().url).signIn(userName, 'a wrong guess');
      await Promise.all(Array.from({ length: 16 }, guess));
      // The seconds of a pause say so too; the lock lasts for minutes.
      const answer = await fetch(`${served().url}/admin/v1/users/${body.id}/onboarding`, {
        headers: { authorization: `Bearer ${testToken}` },
      });
      const { lockedUntil = '' } = (await answer.json()) as { lockedUntil?: string };
      return Date.parse(lockedUntil) > Date.now() + 60_000;
    });
    expect((await new PageVisitor(served().url).signIn(userName, password)).status).to.equal(422);
    expect((await owner.signIn(userName, password)).headers.location).to.equal('/signed-in');
  });

  it('keeps an administrator out of a new browser, and never out of one they had signed in with', async () => {
    const email = 'owner@lockout.example';
    const owner = new PageVisitor(served().url);
    const start = await owner.open(await ownerLink(served()));
    expect((await owner.submit(start, { name: 'Ines', email, password })).status).to.equal(303);
    const enrol = await owner.open('/console/sign-in/enrol');
    const secret = />([A-Z2-7 ]{20,})<\/code>/.exec(enrol.text)?.[1]?.replaceAll(' ', '') ?? '';
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    expect((await owner.submit(enrol, { code })).status).to.equal(200);
    const enter = async (visitor: PageVisitor, typed: string) => {
      const page = await visitor.open('/console/sign-in');
      return visitor.submit(page, { email, password: typed });
    };
    const isRefused = async () => (await enter(new PageVisitor(served().url), password)).status === 401;
    const answer = await eventually('a lock that outlasts a sign-in of the owner', async () => {
      const guess = () => enter(new PageVisitor(served().url), 'a wrong guess');
      await Promise.all(Array.from({ length: 16 }, guess));
      const between = (await isRefused()) && (await enter(owner, password));
      return (await isRefused()) && between;
    });
    expect(answer.headers.location).to.equal('/console/sign-in/second');
  });
});
