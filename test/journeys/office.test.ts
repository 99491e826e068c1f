import { expect } from 'chai';
import { eventually } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
/** People behind one address, all of whom begin on the same morning. */
const people = Number(process.env.OFFICE ?? 12);
const atOnce = 6;
/** What a guesser at one post a second has sent before: in the nightly suite that of three minutes. */
const guessedBefore = Number(process.env.OFFICE_GUESSES ?? 100);

describeServed('an office behind one address', {}, (served, store) => {
  it(`of ${people} gets in through its links, and a guesser there keeps nobody out and gets nowhere`, async function () {
    this.timeout(600_000);
    const names = Array.from({ length: people }, (_, n) => `office${n}@${store.toLowerCase()}.example`);
    const links = new Map<string, string>();
    for (const userName of names) {
      const { status } = await served().scim('POST', '/Users', {
        userName,
        emails: [{ value: userName }],
        [urn]: { preRegistration: true },
      });
      expect(status).to.equal(201);
    }
    await eventually(
      'a mail to each',
      async () => {
        for (const { to, text } of await served().mails())
          if (names.includes(to)) links.set(to, /https?:\S+set-password\?token=\S+/.exec(text)?.[0] ?? '');
        return links.size === people;
      },
      120,
    );

    // The guesser goes for some of these people, for somebody who is in already, and for a name that nobody has.
    const bossName = `boss@${store.toLowerCase()}.example`;
    const secret = 'a heron above the weir';
    const { body: boss } = await served().scim('POST', '/Users', { userName: bossName, password: secret });
    const owner = new PageVisitor(served().url);
    expect((await owner.signIn(bossName, secret)).status).to.equal(303);
    const targets = [...names.slice(0, 5), bossName, 'root@office.example'];
    const guesser = new PageVisitor(served().url);
    const answers: Record<number, number> = {};
    let guesses = 0;
    let begins = Date.now() - guessedBefore * 1000;
    let done = false;
    const guessing = (async () => {
      let page = await guesser.open('/sign-in');
      while (!done) {
        if (guesses >= (Date.now() - begins) / 1000) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          continue;
        }
        guesses += 1;
        const answer = await guesser.submit(page, {
          userName: targets[guesses % targets.length] ?? '',
          password: `guess number ${guesses} of many`,
        });
        answers[answer.status] = (answers[answer.status] ?? 0) + 1;
        if (/<form method="post" action="\/sign-in"/.test(answer.text)) page = answer;
      }
    })();
    await eventually('the guesser has begun', async () => guesses >= guessedBefore, 300);
    begins = Date.now() - guesses * 1000;

    const refused: string[] = [];
    const queue = [...links];
    const began = Date.now();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [userName, link] = next;
          const visitor = new PageVisitor(served().url);
          const password = `${userName} likes the harbour`.split('').reverse().join('');
          const set = await visitor.submit(await visitor.open(link), {
            newPassword: password,
            repeatPassword: password,
          });
          const page = await visitor.open('/sign-in');
          const entered = await visitor.submit(page, { userName, password });
          if (set.status !== 303 || entered.status !== 303)
            refused.push(`${userName}: ${set.status} ${entered.status} ${entered.text.slice(0, 500)}`);
        }
      }),
    );
    const took = (Date.now() - began) / 1000;
    done = true;
    await guessing;
    expect(refused).to.deep.equal([]);
    expect(took, 'seconds').to.be.below(600);
    // By now each further guess closes the account to strangers for seconds: not even the right password would help the
    // guesser, and its owner gets in all the same.
    // A lock, beside a pause of at most 16 s, holds for longer than this test.
    const isPaused = async () => (await served().scim('GET', `/Users/${boss.id}`)).body[urn].locked === true;
    for (let looks = 0; looks < 170 && (await isPaused()); looks += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await guesser.signIn(bossName, 'one guess more of many')).status).to.equal(422);
    expect((await guesser.signIn(bossName, secret)).status).to.equal(422);
    expect((await owner.signIn(bossName, secret)).status).to.equal(303);
    expect(Object.keys(answers).sort(), 'what the guesser heard').to.deep.equal(['422']);
  });
});
