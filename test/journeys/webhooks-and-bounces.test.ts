import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import PostalMime from 'postal-mime';
import { eventually, testToken } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { startRecordingSmtp, type RecordedMessage, type RecordingSmtp } from '../support/recording-smtp.ts';
import { describeServed } from '../support/served-stores.ts';

const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly event: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

/** As a receiver that knows one of the secrets checks it, by the words of Standard Webhooks. */
function isSigned({ headers, body }: Received, key: Buffer): boolean {
  const expected = createHmac('sha256', key)
    .update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`)
    .digest('base64');
  return String(headers['webhook-signature']).split(' ').includes(`v1,${expected}`);
}

describe('webhooks and bounces, end to end', () => {
  const environment: Record<string, string> = {};
  let folder: string;
  let receiver: Server;
  let smtp: RecordingSmtp;
  let received: Received[] = [];
  /** By the endpoint that asks for more. */
  const full: Received[] = [];

  before(async () => {
    smtp = await startRecordingSmtp();
    receiver = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk: Buffer) => {
          body += chunk.toString();
        })
        .on('end', () => {
          const list = request.url === '/full' ? full : received;
          list.push({ headers: request.headers, body, event: JSON.parse(body) as Received['event'] });
          response.writeHead(204).end();
        });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    folder = mkdtempSync(join(tmpdir(), 'latchkey-webhooks-'));
    writeFileSync(join(folder, 'old-secret'), `whsec_${keys[1].toString('base64')}\n`);
    writeFileSync(
      join(folder, 'settings.json'),
      JSON.stringify({
        webhooks: [
          {
            id: 'crm',
            url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
            secrets: ['env:CRM_SECRET', `file:${join(folder, 'old-secret')}`],
            events: ['user.*', 'password.changed', 'delivery.*'],
          },
          {
            id: 'full',
            url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/full`,
            secrets: ['env:CRM_SECRET'],
            events: ['user.*'],
            attributes: ['userName'],
          },
        ],
      }),
    );
    Object.assign(environment, {
      LATCHKEY_SETTINGS: join(folder, 'settings.json'),
      LATCHKEY_WEBHOOK_HOSTS: '127.0.0.1',
      CRM_SECRET: `whsec_${keys[0].toString('base64')}`,
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Keys <keys@mail.example>',
      LATCHKEY_BOUNCE_ADDRESS: 'bounces@mail.example',
    });
  });
  after(async () => {
    await smtp.close();
    receiver.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    received = [];
    smtp.messages.length = 0;
  });

  describeServed('webhooks and bounces', environment, (served) => {
    const create = async (userName: string): Promise<string> => {
      const { status, body } = await served().scim('POST', '/Users', {
        schemas: [],
        userName,
        emails: [{ value: `${userName}@harbour.example` }],
        [extension]: { preRegistration: true },
      });
      expect(status).to.equal(201);
      return body.id as string;
    };
    const event = (type: string, id: string) =>
      eventually(`${type} of ${id}`, async () =>
        received.find((one) => one.event.type === type && one.event.data['resourceId'] === id),
      );
    const mailTo = (userName: string, nth = 1): Promise<RecordedMessage> =>
      eventually(
        `mail ${nth} to ${userName}`,
        async () => smtp.messages.filter(({ to }) => to[0] === `${userName}@harbour.example`)[nth - 1],
      );
    const onboarding = async (id: string) =>
      (await served().scim('GET', `/Users/${id}?attributes=${extension}:status,${extension}:deliveries`)).body[
        extension
      ];
    const post = (provider: string, body: string, type: string) =>
      fetch(`${served().url}/hooks/v1/bounces/${provider}`, {
        method: 'POST',
        body,
        headers: { authorization: `Basic ${Buffer.from(`any:${testToken}`).toString('base64')}`, 'content-type': type },
      });
    const dsn = (envelope: string, status: string) =>
      [
        'From: MAILER-DAEMON@mx.harbour.example',
        `To: ${envelope}`,
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.harbour.example',
        '',
        'Final-Recipient: rfc822; x@harbour.example',
        'Action: failed',
        `Status: ${status}`,
        'Diagnostic-Code: smtp; 550 5.1.1 <x@harbour.example> unknown',
        '',
        '--b--',
        '',
      ].join('\r\n');

    it('tells of a user and of their mail, signed with either secret', async () => {
      const id = await create('told');
      const created = await event('user.created', id);
      expect(created.event.data).to.include({
        triggered_by: 'scim',
        userName: 'told',
        resourceType: 'User',
        version: 1,
      });
      expect(created.headers['webhook-id']).to.match(/^msg_[0-9a-f-]{36}$/);
      for (const key of keys) expect(isSigned(created, key)).to.equal(true);
      expect(isSigned({ ...created, body: `${created.body} ` }, keys[0])).to.equal(false);
      const sent = await event('delivery.sent', id);
      expect(sent.event.data).to.include({ triggered_by: 'system', channel: 'email', template: 'invitation' });
      await served().scim('PATCH', `/Users/${id}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', value: { active: false } }],
      });
      await event('user.deactivated', id);
      await served().scim('DELETE', `/Users/${id}`);
      await event('user.deleted', id);
      expect(received.map((one) => one.body).join()).not.to.match(/token=|argon2|@harbour/);
      expect(received.map((one) => one.event.type).filter((type) => type.endsWith('.requested'))).to.deep.equal([]);
    });

    it('says that the user did it, and what set each event off', async () => {
      const id = await create('chooser');
      const { text = '' } = await PostalMime.parse((await mailTo('chooser')).raw);
      const link = /https?:\S+\/set-password\?token=\S+/.exec(text)?.[0] ?? '';
      const visitor = new PageVisitor(served().url);
      const password = `${randomBytes(12).toString('hex')} harbour`;
      expect(
        (await visitor.submit(await visitor.open(link), { newPassword: password, repeatPassword: password })).status,
      ).to.equal(303);
      expect((await event('user.activated', id)).event.data).to.include({ triggered_by: 'self' });
      expect((await event('password.changed', id)).event.data).to.include({ triggered_by: 'self' });
      const answer = await fetch(`${served().url}/admin/v1/webhooks/crm/deliveries`, {
        headers: { authorization: `Bearer ${testToken}` },
      });
      const { deliveries } = (await answer.json()) as { deliveries: { id: string; state: string }[] };
      const sent = deliveries.find(({ state }) => state === 'sent')!;
      received = [];
      const replay = await fetch(`${served().url}/admin/v1/webhooks/deliveries/${sent.id}/replay`, {
        method: 'POST',
        headers: { authorization: `Bearer ${testToken}` },
      });
      expect(replay.status).to.equal(201);
      await eventually('the replay', async () =>
        received.some(({ headers }) => headers['webhook-id'] === `msg_${sent.id.split('.')[0]}`),
      );
    });

    it('tells an endpoint that asks for more from where, by what and in which language it was asked', async () => {
      const id = await create('asker');
      const { text = '' } = await PostalMime.parse((await mailTo('asker')).raw);
      const link = /https?:\S+\/set-password\?token=\S+/.exec(text)?.[0] ?? '';
      const browser = { Accept: 'text/html', 'Accept-Language': 'de-AT, en;q=0.5', 'User-Agent': 'A phone/1.0' };
      const visitor = new PageVisitor(served().url, browser);
      const password = `${randomBytes(12).toString('hex')} harbour`;
      await visitor.submit(await visitor.open(link), { newPassword: password, repeatPassword: password });
      const told = await eventually('the activation', async () =>
        full.find(({ event: { type, data } }) => type === 'user.activated' && data['resourceId'] === id),
      );
      expect(told.event.data).to.deep.include({ address: '127.0.0.1', agent: 'A phone/1.0', locale: 'de-AT' });
      expect(told.event.data['user']).to.include({ userName: 'asker' });
      // The number that the audit has it under, so that a receiver can tell what it has missed.
      const filter = encodeURIComponent(`target.id eq "${id}"`);
      const { body } = await served().scim('GET', `/AuditEvents?filter=${filter}&count=100`);
      const audited = new Map((body.Resources as any[]).map(({ type, seq }) => [type, seq]));
      const seqs = full
        .filter(({ event: { data } }) => data['resourceId'] === id)
        .map(({ event: { type, data } }) => [type, data['seq']]);
      expect(seqs.map(([type]) => type)).to.include.members(['user.created', 'user.activated']);
      for (const [type, seq] of seqs) {
        expect(seq, String(type)).to.be.a('number').above(0);
        if (type !== 'user.updated') expect(seq, String(type)).to.equal(audited.get(type));
      }
      expect(audited.get('user.activated')).to.be.above(audited.get('user.created'));
      const thin = await event('user.activated', id);
      expect(thin.event.data).not.to.have.any.keys('address', 'agent', 'locale', 'user');
      const created = full.find(({ event: { type, data } }) => type === 'user.created' && data['resourceId'] === id);
      expect(created?.event.data).to.include({ address: '127.0.0.1', client: 'environment' });
    });

    it('makes a user bounced whose mail comes back to its own envelope sender, until they have another address', async () => {
      const id = await create('gone');
      const mail = await mailTo('gone');
      expect(mail.from).to.match(/^bounces\+[0-9a-f-]{36}\.invitation@mail\.example$/);
      await event('delivery.sent', id);
      expect((await post('rfc3464', dsn(mail.from, '5.1.1'), 'message/rfc822')).status).to.equal(204);
      const { status, deliveries } = await onboarding(id);
      expect(status).to.equal('bounced');
      expect(deliveries[0])
        .to.include({ state: 'bounced', template: 'invitation' })
        .and.property('reply')
        .match(/unknown/);
      const found = await served().scim(
        'GET',
        `/Users?filter=${encodeURIComponent(`${extension}:status eq "bounced" and userName eq "gone"`)}`,
      );
      expect(found.body.totalResults).to.equal(1);
      await event('delivery.bounced', id);
      expect((await post('rfc3464', dsn(mail.from, '5.1.1'), 'message/rfc822')).status, 'once more').to.equal(204);
      await served().scim('PATCH', `/Users/${id}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'emails', value: [{ value: 'found@harbour.example' }] }],
      });
      await mailTo('found');
      await eventually('the new address is invited', async () => (await onboarding(id)).status === 'invited');
    });

    it('finds the mail by its Message-ID, and a resend tries again', async () => {
      const id = await create('full');
      const mail = await mailTo('full');
      const messageId = /^Message-ID: *(<[^>]+>)/im.exec(mail.raw)?.[1] ?? '';
      await event('delivery.sent', id);
      const events = [
        {
          event: 'bounce',
          type: 'bounce',
          status: '5.1.1',
          reason: '550 gone',
          email: 'full@harbour.example',
          'smtp-id': messageId,
        },
      ];
      expect((await post('sendgrid', JSON.stringify(events), 'application/json')).status).to.equal(204);
      expect((await onboarding(id)).status).to.equal('bounced');
      await served().scim('PATCH', `/Users/${id}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'add', value: { [extension]: { resend: '1' } } }],
      });
      await mailTo('full', 2);
    });

    it('answers 204 to news of mails that nobody sent, and 401 to strangers', async () => {
      expect(
        (
          await post(
            'rfc3464',
            dsn('bounces+0198c0de-1234-7abc-8def-0123456789ab.invitation@mail.example', '5.1.1'),
            'message/rfc822',
          )
        ).status,
      ).to.equal(204);
      expect((await fetch(`${served().url}/hooks/v1/bounces/ses`, { method: 'POST', body: '{}' })).status).to.equal(
        401,
      );
    });
  });
});
