import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Haste, makeHaste } from '../support/haste.ts';
import { eventually, launch, testToken, type Launched } from '../support/launch.ts';
import { bodyFor, keyIn, keyKinds, type MailedKey, opens } from '../support/mailed-key.ts';
import { startRecordingSmtp, type RecordingSmtp, type Step } from '../support/recording-smtp.ts';
import { type Place, stores } from '../support/served-stores.ts';
import { quote, smtpAnswers } from '../support/smtp-answers.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
/** How many of the answers are given; `SMTP_ANSWERS=60` all. */
const stride = Math.max(1, Math.floor(smtpAnswers.length / Number(process.env.SMTP_ANSWERS ?? 20)));
/** A secret is given away by so many letters and digits of it in a row, whatever is between them. */
const telling = 12;

interface Person {
  /** Which answer their mail gets; none has the last of all. */
  readonly n: number;
  readonly address: string;
  readonly kind: (typeof keyKinds)[number];
  id: string;
  tries: number;
  /** What each mail that the server has seen carried. */
  readonly carried: MailedKey[];
}

for (const [store, find] of stores) {
  describe(`a mail server that answers in ${smtpAnswers.length} ways, on ${store}`, function () {
    this.timeout(300_000);
    let place: Place | undefined;
    let haste: Haste | undefined;
    let folder: string;
    let smtp: RecordingSmtp;
    let receiver: Server;
    let server: Launched;
    const heard: string[] = [];
    const people = new Map<string, Person>();
    const opening: Step[] = [];
    let refuseAll = false;

    const stepFor = (at: string, [address = '']: readonly string[], raw?: string): Step | undefined => {
      if (refuseAll && at === 'rcptTo') return { code: 550, text: 'We would rather not.' };
      const person = people.get(address);
      const answer = smtpAnswers[person?.n ?? smtpAnswers.length];
      if (person === undefined || answer === undefined) return undefined;
      if (raw !== undefined) person.carried.push(keyIn(raw));
      const isReply = /^\d/.test(answer.says);
      const knows = person.carried.at(-1);
      const due = isReply && person.tries === 1 && knows !== undefined ? 'rcptTo' : answer.at;
      if (person.tries >= (answer.times ?? 1) || at !== due) return undefined;
      person.tries += 1;
      if (!isReply) return answer.says as Step;
      const said = quote(answer.says, knows ?? { secret: 'unknown', link: '' });
      return { code: Number(said.slice(0, 3)), text: said.slice(4) };
    };

    before(async function () {
      place = await find();
      if (place === undefined) return this.skip();
      haste = await makeHaste(place);
      folder = mkdtempSync(join(tmpdir(), 'latchkey-answers-'));
      smtp = await startRecordingSmtp({
        mailFrom: () => opening.shift(),
        rcptTo: (address) => stepFor('rcptTo', [address]),
        data: (to) => stepFor('data', to),
        afterData: (to, raw) => stepFor('afterData', to, raw),
      });
      receiver = createServer((request, response) => {
        request
          .on('data', (chunk: Buffer) => void heard.push(chunk.toString()))
          .on('end', () => response.writeHead(204).end());
      });
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
      writeFileSync(
        join(folder, 'settings.json'),
        JSON.stringify({ webhooks: [{ id: 'crm', url, secrets: ['env:CRM_SECRET'], events: ['*'] }] }),
      );
      server = await launch({
        ...haste.environment,
        LATCHKEY_KEY: Buffer.alloc(32, 7).toString('base64'),
        LATCHKEY_SETTINGS: join(folder, 'settings.json'),
        LATCHKEY_WEBHOOK_HOSTS: '127.0.0.1',
        CRM_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
        SMTP_URL: smtp.url,
        MAIL_FROM: 'keys@latchkey.example',
        LOG_LEVEL: 'trace',
      });
    });
    after(async () => {
      if (place === undefined) return;
      await server?.end('SIGTERM');
      await smtp.close();
      receiver.close();
      await haste?.end();
      await place.leave();
      rmSync(folder, { recursive: true, force: true });
    });

    const api = async (method: string, path: string, body?: object): Promise<any> => {
      const answer = await fetch(`${server.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return answer.json();
    };
    const create = async (address: string, kind: Person['kind'], n = smtpAnswers.length): Promise<Person> => {
      const person: Person = { n, address, kind, id: '', tries: 0, carried: [] };
      people.set(address, person);
      const answer = await server.scim('POST', '/Users', bodyFor(kind, address, `Given-Harbour-${n}-Wren`));
      expect(answer.status).to.equal(201);
      person.id = answer.body.id as string;
      return person;
    };
    const reached = ({ address }: Person): boolean => smtp.messages.some(({ to }) => to[0] === address);
    const allAre = async (group: readonly Person[], ...wanted: readonly string[]): Promise<boolean> => {
      const { body } = await server.scim('GET', `/Users?count=200&attributes=${urn}:status`);
      const statuses = new Map((body.Resources as any[]).map((user) => [user.id, user[urn].status]));
      return group.every(({ id }) => wanted.includes(statuses.get(id) ?? ''));
    };

    it('reaches everybody in the end, fails nobody for our own sake, and gives no key away', async () => {
      opening.push(
        { code: 421, text: '4.3.2 not now' },
        { code: 452, text: '4.3.1 no room' },
        { code: 550, text: '5.7.1 sender rejected' },
        'hangUp',
      );
      const all: Person[] = [];
      for (let n = 0; n < smtpAnswers.length; n += stride)
        all.push(await create(`p${n}@d${n}.example`, keyKinds[n % keyKinds.length] ?? 'link', n));
      const finals = all.filter(({ n }) => smtpAnswers[n]?.final === true);
      const others = all.filter((person) => !finals.includes(person));
      await haste!.eventually('mail to all who are not refused themselves', () =>
        allAre(others, 'invited', 'delivered'),
      );
      await eventually('the others are failed', () => allAre(finals, 'failed'));
      expect(finals.filter(reached)).to.deep.equal([]);
      const failed = heard.map((text) => JSON.parse(text)).filter(({ type }) => type === 'delivery.failed');
      expect(failed.map(({ data }) => data.resourceId).sort()).to.deep.equal(finals.map(({ id }) => id).sort());

      // Who was refused themselves is reached once an administrator has it sent again.
      await api('POST', '/admin/v1/deliveries/requeue', { state: 'dead' });
      for (const { id } of finals) await api('POST', `/admin/v1/users/${id}/resend`, {});
      await haste!.eventually('mail to the others', async () => finals.every(reached));

      // Each key that was taken works, the first of a cut connection too.
      for (const { address } of others)
        for (const { raw } of smtp.messages.filter(({ to }) => to[0] === address))
          expect(await opens(keyIn(raw), address, server.url), address).to.equal(true);

      const places: Record<string, string> = {
        log: server.output(),
        webhook: heard.join('\n'),
        'admin API': JSON.stringify([
          await Promise.all(all.map(({ id }) => api('GET', `/admin/v1/users/${id}/onboarding`))),
          await Promise.all(
            ['dead', 'sent', 'queued', 'cancelled'].map((state) =>
              api('GET', `/admin/v1/deliveries?state=${state}&count=200`),
            ),
          ),
          await api('GET', '/admin/v1/requests?count=200'),
        ]),
        SCIM: JSON.stringify(
          await Promise.all(all.map(({ id }) => server.scim('GET', `/Users/${id}?attributes=${urn}`))),
        ),
        'what is kept': await kept(place!, haste!),
      };
      expect(places['admin API']).to.include('Message blocked: URL');
      for (const [where, text] of Object.entries(places)) {
        const letters = lettersOf(text);
        for (const { address, carried } of all)
          for (const { secret } of new Map(carried.map((key) => [key.secret, key])).values()) {
            for (const form of base64Cores(secret)) expect(text.includes(form), `${form} in ${where}`).to.equal(false);
            const plain = lettersOf(secret);
            for (let at = 0; at + telling <= Math.max(plain.length, telling); at += 1)
              expect(letters.includes(plain.slice(at, at + telling)), `${secret} of ${address} in ${where}`).to.equal(
                false,
              );
          }
      }
      expect(places['log']).not.to.include('AGxhdGNoa2V5AHJpZ2h0');
    });

    it('takes one refusal of many domains for our own, and takes back what it gave up for it', async () => {
      refuseAll = true;
      const before = heard.length;
      const group: Person[] = [];
      for (let n = 0; n < 6; n += 1) group.push(await create(`net${n}@n${n}.example`, 'link'));
      await eventually('an error line', async () => /refuses recipients of different domains/.test(server.output()));
      await eventually(
        'a message is queued again',
        async () => heard.slice(before).some((text) => text.includes('delivery.requeued')),
        60,
      );
      await eventually('nobody is failed', () => allAre(group, 'queued'), 30);
      refuseAll = false;
      await haste!.eventually('mail to all', () => allAre(group, 'invited'));
      for (const { raw, to } of smtp.messages.filter((one) => one.to[0]?.startsWith('net')))
        expect(await opens(keyIn(raw), to[0] ?? '', server.url)).to.equal(true);
    });
  });
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '');
}

/** What base64 of a text holds of a secret in it, by where among three octets it begins. */
function base64Cores(secret: string): string[] {
  return [0, 1, 2].map((lead) =>
    Buffer.concat([Buffer.alloc(lead), Buffer.from(secret)])
      .toString('base64')
      .slice(4, -4),
  );
}

/** Everything that is kept in the place, as text. */
async function kept({ environment }: Place, { database }: Haste): Promise<string> {
  const folder = environment['LATCHKEY_DATA_DIR'] ?? '';
  if (database === undefined)
    return readdirSync(folder)
      .filter((file) => !file.endsWith('.sock'))
      .map((file) => readFileSync(join(folder, file), 'latin1'))
      .join('\n');
  const collections = await database.listCollections();
  return JSON.stringify(await Promise.all(collections.map(({ name }) => database.collection(name).find({}).toArray())));
}
