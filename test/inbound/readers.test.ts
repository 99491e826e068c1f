import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readPostmarkHook } from '../../src/inbound/postmark-hook.ts';
import { readRfc3464Hook } from '../../src/inbound/rfc3464-hook.ts';
import { readSendgridHook } from '../../src/inbound/sendgrid-hook.ts';
import { readSesHook } from '../../src/inbound/ses-hook.ts';
import { packageRoot } from '../../src/package-root.ts';
import { InvalidSyntaxError } from '../../src/scim/model/scim-error.ts';

const event = '0198c0de-1234-7abc-8def-0123456789ab';

function sample(name: string): Buffer {
  return readFileSync(join(packageRoot, 'test', 'samples', 'bounces', name));
}

/** The sample, changed. */
function changed(name: string, ...changes: readonly (readonly [string | RegExp, string])[]): Buffer {
  return Buffer.from(changes.reduce((text, [from, to]) => text.replace(from, to), sample(name).toString('utf8')));
}

describe('readSesHook', () => {
  it('reads a bounce in the envelope of SNS', () => {
    expect(readSesHook(sample('ses-bounce.json'))).to.deep.equal({
      notices: [
        {
          deliveries: [`${event}.invitation`],
          kind: 'bounced',
          reply: 'Permanent/General: smtp; 550 5.1.1 <…>: user unknown',
        },
      ],
    });
  });

  for (const [type, kind] of [
    ['Transient', 'softBounced'],
    ['Undetermined', 'softBounced'],
  ] as const) {
    it(`takes a ${type} bounce as soft`, () => {
      expect(readSesHook(changed('ses-bounce.json', [/\\"Permanent\\"/, `\\"${type}\\"`])).notices[0]?.kind).to.equal(
        kind,
      );
    });
  }

  it('reads a complaint as raw delivery, found by its envelope sender', () => {
    expect(readSesHook(sample('ses-complaint-raw.json')).notices).to.deep.equal([
      { deliveries: [`${event}.invitation`], kind: 'complained', reply: 'complaint: abuse' },
    ]);
    expect(readSesHook(changed('ses-complaint-raw.json', ['"abuse"', '"not-spam"'])).notices).to.have.length(0);
  });

  it('passes a confirmation on to a human', () => {
    const { notices, confirmation } = readSesHook(sample('ses-subscription.json'));
    expect(notices).to.have.length(0);
    expect(confirmation?.url).to.match(/^https:\/\/sns\..*ConfirmSubscription/);
  });

  for (const text of [
    '{"Type":"Notification","Message":"Successfully validated SNS topic."}',
    '{"notificationType":"Delivery","mail":{}}',
    '{"eventType":"DeliveryDelay","mail":{}}',
    '[]',
    'null',
    '{}',
  ]) {
    it(`makes nothing of ${text.slice(0, 50)}`, () => expect(readSesHook(Buffer.from(text)).notices).to.have.length(0));
  }
});

describe('readSendgridHook', () => {
  it('picks the bounces and complaints out of the events', () => {
    expect(
      readSendgridHook(sample('sendgrid-events.json')).notices.map(({ deliveries, kind, reply }) => [
        deliveries[0],
        kind,
        reply,
      ]),
    ).to.deep.equal([
      [`${event}.invitation`, 'softBounced', 'bounce: 421 4.7.0 try again'],
      [`${event}.invitation`, 'bounced', 'bounce: 550 5.1.1 … does not exist'],
      [`${event}.reminder`, 'bounced', 'dropped: Bounced Address'],
      [`${event}.invitation`, 'complained', 'spamreport'],
    ]);
  });

  it('bears elements of any kind, and refuses what is no list', () => {
    expect(readSendgridHook(Buffer.from('[null, 1, "bounce", {}, {"event": 7}, []]')).notices).to.have.length(0);
    expect(() => readSendgridHook(Buffer.from('{}'))).to.throw(InvalidSyntaxError);
    expect(() => readSendgridHook(Buffer.from('[{"event":'))).to.throw(InvalidSyntaxError);
  });
});

describe('readPostmarkHook', () => {
  it('reads a hard bounce, found by its metadata', () => {
    expect(readPostmarkHook(sample('postmark-hard-bounce.json')).notices).to.deep.equal([
      {
        deliveries: [`${event}.invitation`],
        kind: 'bounced',
        reply: 'HardBounce: smtp;550 5.1.1 The account … does not exist.',
      },
    ]);
  });

  for (const [type, kind] of [
    ['SoftBounce', 'softBounced'],
    ['SpamComplaint', 'complained'],
    ['Transient', undefined],
    ['AutoResponder', undefined],
    ['Unsubscribe', undefined],
  ] as const) {
    it(`takes ${type} as ${kind ?? 'no bounce'}`, () => {
      expect(
        readPostmarkHook(changed('postmark-hard-bounce.json', ['"HardBounce"', `"${type}"`])).notices[0]?.kind,
      ).to.equal(kind);
    });
  }

  it('knows complaints by their record type too', () => {
    expect(
      readPostmarkHook(changed('postmark-hard-bounce.json', ['"Bounce"', '"SpamComplaint"'])).notices[0]?.kind,
    ).to.equal('complained');
    expect(readPostmarkHook(changed('postmark-hard-bounce.json', ['"Bounce"', '"Open"'])).notices).to.have.length(0);
  });
});

describe('readRfc3464Hook', () => {
  const failed = {
    deliveries: [`${event}.invitationCode`],
    kind: 'bounced',
    reply: '5.1.1: 550 5.1.1 <…>: Recipient address rejected: User unknown',
  };

  it('reads a returned mail', () =>
    expect(readRfc3464Hook(sample('rfc3464-failed.eml'), 'message/rfc822').notices).to.deep.equal([failed]));

  it('reads it with the line ends of the wire', () => {
    const wire = Buffer.from(sample('rfc3464-failed.eml').toString('latin1').replace(/\n/g, '\r\n'));
    expect(readRfc3464Hook(wire, 'application/octet-stream').notices).to.deep.equal([failed]);
  });

  it("reads the body alone where the request's Content-Type stands for its header", () => {
    const text = sample('rfc3464-failed.eml').toString('latin1');
    const body = Buffer.from(text.slice(text.indexOf('\n\n') + 2));
    const type = 'multipart/report; report-type=delivery-status; boundary="4R9qXc0Zk.1795252370/mx.harbour.example"';
    expect(readRfc3464Hook(body, type).notices).to.deep.equal([failed]);
  });

  it('reads a bare delivery status', () => {
    const report = `Reporting-MTA: dns; mx.example\nOriginal-Envelope-Id: ${event}.password\n\nFinal-Recipient: rfc822; i@x.example\nAction: failed (for good)\nStatus: 5.0.0 (permanent)\n`;
    expect(readRfc3464Hook(Buffer.from(report), 'message/delivery-status').notices).to.deep.equal([
      { deliveries: [`${event}.password`], kind: 'bounced', reply: '5.0.0' },
    ]);
  });

  it('finds the mail by the returned header alone', () => {
    const plain = changed('rfc3464-failed.eml', [/^To: bounces\+.*$/m, 'To: keys@mail.example']);
    expect(readRfc3464Hook(plain, '').notices).to.deep.equal([failed]);
  });

  it('reads parts in other transfer encodings', () => {
    const encoded = changed('rfc3464-failed.eml', [
      /Content-Type: message\/delivery-status\n\n([^]*?)\n--4R9/,
      `Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n${Buffer.from('Reporting-MTA: dns; x\n\nAction: failed\nStatus: 4.4.7\n').toString('base64')}\n--4R9`,
    ]);
    expect(readRfc3464Hook(encoded, '').notices).to.deep.equal([{ ...failed, kind: 'softBounced', reply: '4.4.7' }]);
  });

  it('reads a feedback report as a complaint', () => {
    expect(readRfc3464Hook(sample('rfc5965-abuse.eml'), '').notices).to.deep.equal([
      { deliveries: [`${event}.invitation`], kind: 'complained', reply: 'complaint: abuse' },
    ]);
    expect(
      readRfc3464Hook(changed('rfc5965-abuse.eml', ['Feedback-Type: abuse', 'Feedback-Type: not-spam']), '').notices,
    ).to.have.length(0);
  });

  for (const name of ['rfc3464-delayed.eml', 'vacation.eml']) {
    it(`makes no bounce of ${name}`, () => expect(readRfc3464Hook(sample(name), '').notices).to.have.length(0));
  }

  it('is not held up by a text made to hold it up', () => {
    const report = `Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; ${'a'.repeat(3_000_000)}\n`;
    const started = performance.now();
    expect(readRfc3464Hook(Buffer.from(report), 'message/delivery-status').notices).to.have.length(1);
    expect(performance.now() - started).to.be.lessThan(1000);
  });

  it('bears anything', () => {
    for (const text of [
      '',
      '\n',
      ':',
      'Content-Type: multipart/report',
      'Content-Type: multipart/report; boundary=x\n\n--x\n--x\n--x--',
      `Content-Type: multipart/mixed; boundary=x\n\n${'--x\n'.repeat(10_000)}`,
    ]) {
      expect(readRfc3464Hook(Buffer.from(text), 'multipart/report; boundary=x').notices).to.have.length(0);
    }
  });
});
