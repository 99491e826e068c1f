import { expect } from 'chai';
import { eventually } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
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
      return (await served().scim('GET', `/Users/${body.id}`)).body[urn].lockedReason === 'failedAttempts';
    });
    expect((await new PageVisitor(served().url).signIn(userName, password)).status).to.equal(422);
    expect((await owner.signIn(userName, password)).headers.location).to.equal('/signed-in');
  });
});
