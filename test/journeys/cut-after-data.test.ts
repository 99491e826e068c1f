import { expect } from 'chai';
import { type Haste, makeHaste } from '../support/haste.ts';
import { eventually, launch, type Launched } from '../support/launch.ts';
import { bodyFor, keyIn, keyKinds, opens } from '../support/mailed-key.ts';
import { startRecordingSmtp, type RecordedMessage, type RecordingSmtp } from '../support/recording-smtp.ts';
import { type Place, stores } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

for (const [store, find] of stores) {
  describe(`a connection that is cut after the content, on ${store}`, function () {
    this.timeout(300_000);
    let place: Place | undefined;
    let haste: Haste;
    let smtp: RecordingSmtp;
    let server: Launched | undefined;
    /** Whose connection is cut once the server has taken the mail. */
    const cut = new Set<string>();

    before(async function () {
      place = await find();
      if (place === undefined) return this.skip();
      haste = await makeHaste(place);
      smtp = await startRecordingSmtp({ afterData: ([to = '']) => (cut.delete(to) ? 'takeAndHangUp' : undefined) });
    });
    after(async () => {
      if (place === undefined) return;
      await server?.end('SIGTERM');
      await smtp.close();
      await haste.end();
      await place.leave();
    });

    const start = async (): Promise<Launched> => {
      server = await launch({
        ...haste.environment,
        LATCHKEY_KEY: Buffer.alloc(32, 7).toString('base64'),
        SMTP_URL: smtp.url,
        MAIL_FROM: 'keys@latchkey.example',
      });
      return server;
    };
    const mailsTo = (address: string): RecordedMessage[] => smtp.messages.filter(({ to }) => to[0] === address);

    for (const restarts of [false, true]) {
      it(`is made good by the same key in the same mail${restarts ? ', after a kill -9 too' : ''}`, async () => {
        let served = server ?? (await start());
        const people = new Map(
          keyKinds.map((kind) => [`${kind}@${kind}-${restarts ? 'restart' : 'cut'}.example`, kind]),
        );
        for (const address of people.keys()) cut.add(address);
        const ids: string[] = [];
        for (const [address, kind] of people) {
          const { status, body } = await served.scim('POST', '/Users', bodyFor(kind, address, 'Given-Harbour-7-Wren'));
          expect(status).to.equal(201);
          ids.push(body.id);
        }
        const addresses = [...people.keys()];
        await eventually('a mail to each', async () => addresses.every((one) => mailsTo(one).length > 0), 30);
        if (restarts) {
          await served.end('SIGKILL');
          const over = { $set: { 'lease.until': new Date().toISOString() } };
          await haste.database?.collection('deliveries').updateMany({ state: 'leased' }, over);
          served = await start();
        }
        await haste.eventually('a second mail to each', async () => addresses.every((one) => mailsTo(one).length > 1));
        for (const id of ids)
          await eventually('the record knows', async () =>
            ['invited', 'delivered'].includes((await served.scim('GET', `/Users/${id}`)).body[urn].status),
          );
        for (const [address, kind] of people) {
          const [first, ...copies] = mailsTo(address).map(({ raw }) => ({
            secret: keyIn(raw).secret,
            messageId: /^Message-ID:\s*(\S+)/im.exec(raw)?.[1],
          }));
          expect(first, kind).to.have.property('messageId').that.is.a('string');
          for (const copy of copies) expect(copy, kind).to.deep.equal(first);
          // The retry itself may have been taken in the moment of the kill: then the start sends one more of the same.
          expect(copies, kind).to.have.lengthOf.within(1, restarts ? 2 : 1);
          const key = keyIn(mailsTo(address)[0]?.raw ?? '');
          expect(await opens(key, address, served.url), kind).to.equal(true);
        }
      });
    }
  });
}
