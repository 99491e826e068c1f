import { expect } from 'chai';
import { eventually, testToken } from '../support/launch.ts';
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
});
