import { join } from 'node:path';
import { expect } from 'chai';
import { loadLocales, pickLocale } from '../../../src/text/locales.ts';
import { createHttpSmsSender } from '../../../src/notify/sms/http-sms-sender.ts';
import { MessageBook } from '../../../src/notify/words/message-book.ts';
import { renderSms } from '../../../src/notify/words/render-sms.ts';
import { createSmsChannel } from '../../../src/notify/sms/sms-channel.ts';
import type { TextMessage } from '../../../src/notify/sms/sms-sender.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import { queued } from '../../support/courier-bench.ts';

const locales = loadLocales(join(packageRoot, 'locales'));
const english = pickLocale(['en'], locales);
const values = {
  productName: 'Acme',
  code: '482913',
  userName: 'ines@acme.example',
  link: 'https://keys.example/set-password',
  expiresAt: '2026-11-21T09:10:00Z',
  timezone: 'UTC',
};

describe('text messages', () => {
  it('hold the code, its expiry, the page, and end with the line that binds the code to the host', () => {
    expect(renderSms(english, 'invitationCode', values)).to.equal(
      'Acme: 482913 is your code to set the password for ines@acme.example. Valid until Nov 21, 9:10 AM UTC.\nEnter it here: https://keys.example/set-password\n\n@keys.example #482913',
    );
  });

  it('name the user that the page asks for, in every language, and cannot be written without', () => {
    for (const locale of locales.values())
      for (const template of ['invitationCode', 'recoveryCode', 'reminder'] as const)
        expect(renderSms(locale, template, values), locale.language).to.include('ines@acme.example');
    expect(() => renderSms(english, 'invitationCode', { ...values, userName: '' })).to.throw("'userName'");
  });

  it('take two segments where the language fits the 7-bit alphabet, three elsewhere', () => {
    for (const locale of locales.values())
      for (const template of ['invitationCode', 'recoveryCode'] as const) {
        const text = renderSms(locale, template, {
          productName: 'Harbour',
          code: '7K4P9RTX',
          userName: 'ines.okoro@harbour.example',
          link: 'https://keys.harbour.example/set-password',
          // In August French has a letter of its own.
          expiresAt: '2026-08-22T21:30:00Z',
          timezone: 'Europe/Berlin',
        });
        const wide = ['ar', 'he', 'ja', 'zh'].includes(locale.language);
        expect(isGsm7(text), text).to.equal(!wide);
        expect(text.length, text).to.be.at.most(wide ? 3 * 67 : 2 * 153);
      }
  });

  it('end with that line in every language', () => {
    for (const locale of locales.values())
      expect(renderSms(locale, 'recoveryCode', values), locale.language).to.match(/\n@keys\.example #482913$/);
  });

  it('never carry a password or a link that signs in', () => {
    for (const template of ['password', 'invitation', 'recovery', 'managerInvited'] as const)
      expect(() => renderSms(english, template, { ...values, password: 'x' })).to.throw('never sent');
  });

  it('go to international numbers only', async () => {
    const sent: TextMessage[] = [];
    const channel = createSmsChannel(
      {
        send: async (message) => {
          sent.push(message);
          return { outcome: 'accepted', reply: '' };
        },
      },
      () => new MessageBook({ locales, layouts: { html: '', text: '' } }),
    );
    const delivery = queued('a', 'x', { channel: 'sms', template: 'invitationCode' });
    const send = async (to: string) =>
      (await channel.send(delivery, { outcome: 'send', to, locales: ['en'], values })).outcome;
    expect([await send('0151 12345678'), await send('+0123456789'), await send('+4915112345678')]).to.eql([
      'permanent',
      'permanent',
      'accepted',
    ]);
    expect(sent[0]).to.include({ to: '+4915112345678', reference: 'a', tenant: 'default' });
  });
});

/** Whether a text goes in the 7-bit default alphabet (3GPP TS 23.038 §6.2.1), its extension left out. */
function isGsm7(text: string): boolean {
  return /^[@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/.test(text);
}

describe('the HTTP SMS gateway', () => {
  const message = { to: '+4915112345678', text: 'hello', reference: 'd1', tenant: 'default' };

  it('posts by the contract', async () => {
    const calls: [string, RequestInit][] = [];
    const sender = createHttpSmsSender(
      () => ({ url: 'https://sms.example/send', secret: 's3cret', preset: 'json', from: null }),
      async (url, init) => {
        calls.push([url, init ?? {}]);
        return new Response('{}', { status: 202 });
      },
    );
    expect(await sender.send(message)).to.eql({ outcome: 'accepted', reply: 'HTTP 202' });
    expect(calls[0]?.[0]).to.equal('https://sms.example/send');
    expect(calls[0]?.[1].headers).to.eql({
      'Content-Type': 'application/json',
      'Idempotency-Key': 'd1',
      Authorization: 'Bearer s3cret',
    });
    expect(JSON.parse(calls[0]?.[1].body as string)).to.eql({ to: message.to, text: 'hello', reference: 'd1' });
  });

  const table: readonly [number, string][] = [
    [200, 'accepted'],
    [302, 'temporary'],
    [400, 'permanent'],
    [401, 'channelDown'],
    [404, 'channelDown'],
    [422, 'permanent'],
    [429, 'temporary'],
    [503, 'temporary'],
  ];
  for (const [status, outcome] of table) {
    it(`takes ${status} as ${outcome}`, async () => {
      const sender = createHttpSmsSender(
        () => ({ url: 'https://sms.example', secret: undefined, preset: 'json', from: null }),
        async () => new Response(null, { status }),
      );
      expect((await sender.send(message)).outcome).to.equal(outcome);
    });
  }

  it('is down when it cannot be reached, late when it is silent, and says so when there is none', async () => {
    const gateway = () => ({ url: 'https://sms.example', secret: undefined, preset: 'json', from: null }) as const;
    const failing = (error: Error) => createHttpSmsSender(gateway, async () => Promise.reject(error)).send(message);
    expect((await failing(new TypeError('fetch failed'))).outcome).to.equal('channelDown');
    expect((await failing(new DOMException('late', 'TimeoutError'))).outcome).to.equal('temporary');
    expect(await createHttpSmsSender(() => undefined).send(message)).to.eql({
      outcome: 'permanent',
      reply: 'No SMS gateway is configured.',
    });
  });

  describe('as Twilio has it', () => {
    const twilio = (answer: Response, from = '+15005550006') => {
      const calls: [string, RequestInit][] = [];
      const sender = createHttpSmsSender(
        () => ({ url: 'https://api.twilio.example/Messages.json', secret: 'AC1:token', preset: 'twilio', from }),
        async (url, init) => {
          calls.push([url, init ?? {}]);
          return answer;
        },
      );
      return { calls, send: () => sender.send(message) };
    };

    it('posts a form with Basic authentication, from a number or a messaging service', async () => {
      const { calls, send } = twilio(new Response('{"sid":"SM1"}', { status: 201 }));
      expect(await send()).to.eql({ outcome: 'accepted', reply: 'HTTP 201' });
      expect(calls[0]?.[1].headers).to.eql({
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: `Basic ${Buffer.from('AC1:token').toString('base64')}`,
      });
      expect(Object.fromEntries(new URLSearchParams(calls[0]?.[1].body as string))).to.eql({
        To: message.to,
        From: '+15005550006',
        Body: 'hello',
      });
      const service = twilio(new Response(null, { status: 201 }), `MG${'0a'.repeat(16)}`);
      await service.send();
      expect(Object.keys(Object.fromEntries(new URLSearchParams(service.calls[0]?.[1].body as string)))).to.eql([
        'To',
        'MessagingServiceSid',
        'Body',
      ]);
    });

    const faults: readonly [number, string, string, string][] = [
      [400, '{"code":21211,"message":"Invalid To +49151"}', 'permanent', 'HTTP 400, Twilio error 21211'],
      [400, '{"code":21606}', 'channelDown', 'HTTP 400, Twilio error 21606'],
      [400, 'oops', 'permanent', 'HTTP 400'],
      [401, '{"code":20003}', 'channelDown', 'HTTP 401'],
      [429, '{"code":20429}', 'temporary', 'HTTP 429'],
    ];
    for (const [status, body, outcome, reply] of faults) {
      it(`takes ${status} ${body} as ${outcome}, and repeats no number`, async () => {
        expect(await twilio(new Response(body, { status })).send()).to.eql({ outcome, reply });
      });
    }
  });
});
