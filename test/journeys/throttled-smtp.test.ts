import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually, launch, type Launched } from '../support/launch.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';

const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const invitations = Number(process.env.INVITATIONS ?? 60);
/** What the server takes in one of its minutes, and how many of these pass in a minute of ours. */
const perMinute = Number(process.env.SMTP_PER_MINUTE ?? 30);
const haste = Number(process.env.SMTP_HASTE ?? 120);
const dead = '3.example';

const nameOf = (n: number) => `p${n}@${n % 10}.example`;

describe('a mail server that takes only so many in a minute, with one domain of ten dead', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-throttled-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('gets every invitation, none lost and none doubled, in the order of the line, through three restarts', async function () {
    const minutes = invitations / perMinute / haste;
    this.timeout(60_000 + minutes * 5 * 60_000);
    const smtp = await startRecordingSmtp({
      perMinute,
      now: () => Date.now() * haste,
      rcptTo: (address) => (address.endsWith(`@${dead}`) ? { code: 451, text: '4.4.1 No route to host' } : undefined),
    });
    const alive = Array.from({ length: invitations }, (_, n) => nameOf(n)).filter((name) => !name.endsWith(dead));
    let server: Launched | undefined;
    try {
      server = await launch({ LATCHKEY_DATA_DIR: folder, SMTP_URL: smtp.url, MAIL_FROM: 'hr@latchkey.example' });
      for (let n = 0; n < invitations; n += 1) {
        const { status } = await server.scim('POST', '/Users', {
          userName: nameOf(n),
          emails: [{ value: nameOf(n) }],
          [extension]: { preRegistration: true },
        });
        expect(status).to.equal(201);
      }
      for (const part of [0.25, 0.5, 0.75]) {
        await eventually(
          `${part} of the mail`,
          async () => smtp.messages.length >= alive.length * part,
          60 + minutes * 240,
        );
        // Twice as an administrator would, once as the power supply would.
        await server.end(part === 0.5 ? 'SIGKILL' : 'SIGTERM');
        server = await launch({ LATCHKEY_DATA_DIR: folder, SMTP_URL: smtp.url, MAIL_FROM: 'hr@latchkey.example' });
      }
      await eventually(
        'all of the mail',
        async () => new Set(smtp.messages.flatMap(({ to }) => to)).size >= alive.length,
        60 + minutes * 240,
      );
      const sent = smtp.messages.flatMap(({ to }) => to);
      expect([...new Set(sent)].sort()).to.deep.equal([...alive].sort());
      // What a server has taken in the moment of the kill cannot be known: at most what was under way then.
      expect(sent.length - alive.length).to.be.within(0, 5);
      const places = sent.map((to, place) => Math.abs(place - alive.indexOf(to)));
      expect(Math.max(...places), 'places by which somebody was overtaken').to.be.below(Math.max(20, alive.length / 4));
    } finally {
      await server?.end('SIGTERM');
      await smtp.close();
    }
  });
});
