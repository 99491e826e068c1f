import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import { eventually } from '../support/launch.ts';
import { linksIn, MailScanner } from '../support/mail-scanner.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const password = 'a ferry leaves at seven';
const browser = {
  'User-Agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15',
  Accept: 'text/html',
  'Accept-Language': 'en',
};

describeServed('a mail scanner that opens every link and posts every form', {}, (served) => {
  const mailsTo = async (address: string): Promise<CapturedMail[]> =>
    (await served().mails()).filter(({ to }) => to === address);
  const nthMail = async (address: string, count: number): Promise<CapturedMail> => {
    const mails = await eventually(`mail ${count} to ${address}`, async () => {
      const found = await mailsTo(address);
      return found.length >= count && found;
    });
    return mails[0]!;
  };
  const onboardingOf = async (path: string) => (await served().scim('GET', `${path}?attributes=${urn}`)).body[urn];
  const timelineOf = async (path: string): Promise<Record<string, any>[]> =>
    (await served().scim('GET', `${path}?attributes=${urn}:deliveries`)).body[urn].deliveries;
  const found = async (filter: string): Promise<string[]> => {
    const { status, body } = await served().scim('GET', `/Users?filter=${encodeURIComponent(filter)}`);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body.Resources.map(({ userName }: { userName: string }) => userName);
  };
  const create = async (userName: string, onboarding: object, more: object = {}): Promise<string> => {
    const { status, body } = await served().scim('POST', '/Users', {
      userName,
      emails: [{ value: userName, primary: true }],
      [urn]: onboarding,
      ...more,
    });
    expect(status, JSON.stringify(body)).to.equal(201);
    return `/Users/${body.id}`;
  };

  /** What every kind of message must survive. */
  async function survive(path: string, mail: CapturedMail): Promise<void> {
    const before = await eventually('an end of the sending', async () => {
      const state = await onboardingOf(path);
      return (state.status === 'invited' || state.status === 'active') && state;
    });
    const mails = (await mailsTo(mail.to)).length;
    const scanner = new MailScanner();
    const links = linksIn(mail);
    expect(links).not.to.deep.equal([]);
    for (const link of links) await scanner.scan(link);
    const { answers } = scanner;
    expect(
      answers.filter(({ what }) => what.startsWith('POST')),
      'forms were found',
    ).to.have.lengthOf.above(1);
    for (const { what, answer } of answers) {
      expect(answer.status, what).to.be.below(500);
      if (what.startsWith('POST'))
        expect(answer.status, `${what} did nothing`).to.be.within(400, 499).and.not.to.equal(429);
    }
    expect(await onboardingOf(path)).to.deep.equal(before);
    expect(await mailsTo(mail.to)).to.have.lengthOf(mails);
  }

  it('consumes no invitation by link: the person sets a password, and the timeline tells the two apart', async () => {
    const name = 'ines@scanned.example';
    const path = await create(name, { preRegistration: true });
    const mail = await nthMail(name, 1);
    await survive(path, mail);
    const openedBy = (verdict: string) =>
      `userName eq "${name}" and ${urn}:deliveries[state eq "opened" and verdict eq "${verdict}"]`;
    await eventually('the scanner in the timeline', async () => (await found(openedBy('scanner'))).length === 1);
    expect(await found(openedBy('person'))).to.deep.equal([]);

    await pause(2000); // nobody reads a mail sooner
    const person = new PageVisitor(served().url, browser);
    const page = await person.open(linksIn(mail)[0]!);
    expect((await person.submit(page, { newPassword: password, repeatPassword: password })).headers.location).to.equal(
      '/set-password/done',
    );
    await eventually('the person in the timeline', async () => (await found(openedBy('person'))).length === 1);
    const lines = await timelineOf(path);
    const [sent] = lines;
    expect(sent)
      .to.include({ template: 'invitation', state: 'sent' })
      .and.to.include.keys('queuedAt', 'leasedAt', 'reply');
    expect(
      lines
        .filter(({ id }) => id.startsWith(`${sent!['id']}.`))
        .map(({ state, verdict }) => [state, verdict].join(' ').trim())
        .sort(),
    ).to.deep.equal(['opened person', 'opened scanner', 'passwordSet']);
    const { reply } = lines.find(({ verdict }) => verdict === 'scanner')!;
    expect(reply).to.include('no browser').and.include('asks for no language');
    for (const filter of [
      `${urn}:deliveries[state eq "passwordSet" and template eq "invitation"]`,
      `${urn}:deliveries[state eq "opened" and count ge 2 and lastAt gt "2026-01-01T00:00:00Z"]`,
      `${urn}:deliveries[id sw "${sent!['id']}."]`,
      `${urn}:deliveries.verdict eq "PERSON"`,
      `${urn}:deliveries[reply co "no browser"]`,
    ])
      expect(await found(`userName eq "${name}" and ${filter}`), filter).to.deep.equal([name]);
    expect(await found(`userName eq "${name}" and ${urn}:deliveries[state eq "sent" and verdict pr]`)).to.deep.equal(
      [],
    );
  });

  it('consumes no code: wrong ones are counted, the right one opens', async () => {
    const name = 'otto@scanned.example';
    const path = await create(name, { preRegistration: true, invitationMethod: 'emailOtp' });
    const mail = await nthMail(name, 1);
    await survive(path, mail);
    const code = /^Code:\n(.+)$/m.exec(mail.text)?.[1] ?? '';
    const person = new PageVisitor(served().url, browser);
    const page = await person.open(linksIn(mail)[0]!);
    for (const wrong of ['WRXNGXNE', 'WRNGTWX2'])
      expect((await person.submit(page, { userName: name, code: wrong })).status).to.equal(422);
    const choice = await person.submit(page, { userName: name, code });
    expect(
      (await person.submit(choice, { newPassword: password, repeatPassword: password })).headers.location,
    ).to.equal('/set-password/done');
    const tried = (verdict: string, count: string) =>
      `userName eq "${name}" and ${urn}:deliveries[state eq "codeTried" and verdict eq "${verdict}" and ${count}]`;
    expect(await found(tried('wrong', 'count eq 2'))).to.deep.equal([name]);
    await eventually(
      'the right code in the timeline',
      async () => (await found(tried('right', 'not (count pr)'))).length === 1,
    );
    expect(JSON.stringify(await timelineOf(path)))
      .not.to.include(code)
      .and.not.to.include('WRXNGXNE');
  });

  it('consumes no way back in, and proves no address', async () => {
    const name = 'rosa@scanned.example';
    const path = await create(name, { preRegistration: true });
    const person = new PageVisitor(served().url, browser);
    const page = await person.open(linksIn(await nthMail(name, 1))[0]!);
    expect((await person.submit(page, { newPassword: password, repeatPassword: password })).status).to.equal(303);
    await person.submit(await person.open('/forgot-password'), { userName: name });
    const mail = await nthMail(name, 2);
    await survive(path, mail);
    const again = await person.open(linksIn(mail)[0]!);
    expect(
      (await person.submit(again, { newPassword: `${password} again`, repeatPassword: `${password} again` })).headers
        .location,
    ).to.equal('/set-password/done');

    const unproved = 'vera@scanned.example';
    const hers = await create(unproved, { verifyEmail: true }, { password });
    const asked = await nthMail(unproved, 1);
    for (const link of linksIn(asked)) await new MailScanner().scan(link);
    await eventually('the scanner in the timeline', async () =>
      (await timelineOf(hers)).some(({ template, verdict }) => template === 'verifyEmail' && verdict === 'scanner'),
    );
    expect((await new PageVisitor(served().url, browser).signIn(unproved, password)).status).to.equal(422);
    const form = await person.open(linksIn(asked)[0]!);
    expect((await person.submit(form, { confirm: 'yes' })).headers.location).to.equal('/verify-email/done');
    expect((await new PageVisitor(served().url, browser).signIn(unproved, password)).headers.location).to.equal(
      '/signed-in',
    );
  });
});
