import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { atOnce } from '../../src/base/cooperative.ts';
import { readPostmarkHook } from '../../src/inbound/postmark-hook.ts';
import { readRfc3464Hook } from '../../src/inbound/rfc3464-hook.ts';
import { readSendgridHook } from '../../src/inbound/sendgrid-hook.ts';
import { readSesHook } from '../../src/inbound/ses-hook.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { InvalidSyntaxError } from '../../src/scim/model/scim-error.ts';

const event = '0198c0de-1234-7abc-8def-0123456789ab';

function sample(name: string): Buffer {
  return readFileSync(join(packageRoot, 'test', 'samples', 'bounces', name));
}

/** The sample, changed. */
function changed(name: string, ...changes: readonly (readonly [string | RegExp, string])[]): Buffer {
  return Buffer.from(changes.reduce((text, [from, to]) => text.replace(from, to), sample(name).toString('utf8')));
}

describe('a call of millions of lines', () => {
  it('is read as far as a header goes, and names at most twenty deliveries', () => {
    const many = Array.from({ length: 300_000 }, (_, index) => `X-${index}: a\r\n`).join('');
    const ids = Array.from(
      { length: 3000 },
      (_, index) => `<${event.slice(0, -4)}${1000 + index}.invitation@keys.example>`,
    );
    const report = `Content-Type: message/delivery-status\r\nReferences: ${ids.join(' ')}\r\n${many}\r\nAction: failed\r\nStatus: 5.1.1\r\n`;
    const started = performance.now();
    const { notices } = readRfc3464Hook(Buffer.from(report), 'message/rfc822');
    expect(notices.map(({ deliveries }) => deliveries.length)).to.deep.equal([20]);
    expect(performance.now() - started).to.be.below(2000);
    expect(
      readRfc3464Hook(Buffer.from(`${many}Content-Type: message/delivery-status\r\n\r\nAction: failed`), '').notices,
    ).to.deep.equal([]);
  });
});

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

  it('takes a rejected mail for lost, and a vacation answer for no bounce', () => {
    const mail = { headers: [{ name: 'Message-ID', value: `<${event}.invitation@mail.example>` }] };
    const rejected = { eventType: 'Reject', mail, reject: { reason: 'Bad content' } };
    expect(readSesHook(Buffer.from(JSON.stringify(rejected))).notices).to.deep.equal([
      { deliveries: [`${event}.invitation`], kind: 'softBounced', reply: 'rejected: Bad content' },
    ]);
    const away = {
      notificationType: 'Bounce',
      mail,
      bounce: {
        bounceType: 'Transient',
        bounceSubType: 'General',
        bouncedRecipients: [{ emailAddress: 'i@x.example' }],
      },
    };
    expect(readSesHook(Buffer.from(JSON.stringify(away))).notices).to.deep.equal([]);
  });

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
      atOnce(readSendgridHook(sample('sendgrid-events.json'))).notices.map(({ deliveries, kind, reply }) => [
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

  it('reads a thousand long reasons in steps, one event at a time', () => {
    const events = Array.from({ length: 1200 }, (_none, index) => ({
      event: index % 2 === 0 ? 'bounce' : 'dropped',
      'smtp-id': `<${event}.invitation@keys.example>`,
      type: 'bounce',
      reason: `550 5.1.1 ${'ab12 '.repeat(700)}`,
    }));
    const steps = readSendgridHook(Buffer.from(JSON.stringify(events)));
    let taken = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) taken += 1;
    expect(taken).to.equal(1000);
    expect(step.value.notices).to.have.length(1000);
    expect(step.value.unread).to.equal('200 events beyond the first 1000');
  });

  it('bears elements of any kind, and refuses what is no list', () => {
    expect(atOnce(readSendgridHook(Buffer.from('[null, 1, "bounce", {}, {"event": 7}, []]'))).notices).to.have.length(
      0,
    );
    expect(() => atOnce(readSendgridHook(Buffer.from('{}')))).to.throw(InvalidSyntaxError);
    expect(() => atOnce(readSendgridHook(Buffer.from('[{"event":')))).to.throw(InvalidSyntaxError);
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

  for (const [title, header] of [
    ['as it is', `Message-ID: <${event}.invitationCode@our.example>`],
    ['folded (RFC 5322 §2.2.3)', `Message-ID:\r\n <${event}.invitationCode@our.example>`],
    ['folded with a tab and a bare line feed', `message-id:\n\t<${event}.invitationCode@our.example>`],
    ['folded twice', `Message-Id:\r\n  \r\n <${event}.invitationCode@our.example>`],
    ['with a blank before the colon', `Message-ID :\r\n <${event}.invitationCode@our.example>`],
  ] as const)
    it(`finds the mail by the Message-ID in what came back, ${title}`, () => {
      for (const record of [
        { RecordType: 'Bounce', Type: 'HardBounce', Description: '550 5.1.1 no' },
        { RecordType: 'SpamComplaint', Type: 'SpamComplaint' },
      ]) {
        const Content = `Received: by a\r\nSubject: Your\r\n code\r\n${header}\r\nTo: a@x.example\r\n\r\nText`;
        const { notices } = readPostmarkHook(Buffer.from(JSON.stringify({ ...record, MessageID: 'x', Content })));
        expect(notices.map(({ deliveries }) => deliveries)).to.deep.equal([[`${event}.invitationCode`]]);
      }
    });

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
      { deliveries: [`${event}.password`], kind: 'softBounced', reply: '5.0.0' },
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

  it('gives an address up for what makes it dead alone', () => {
    for (const [status, diagnostic, kind] of [
      ['5.7.1', '550 5.7.1 Message rejected as spam by Content Filtering.', 'softBounced'],
      ['5.2.2', '552 5.2.2 mailbox full', 'softBounced'],
      ['5.0.0', '550 No such user here', 'bounced'],
      ['5.4.1', '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)', 'bounced'],
      ['5.4.4', 'Host or domain name not found', 'bounced'],
      ['5.7.708', '550 5.7.708 Access denied, traffic not accepted from this IP', 'softBounced'],
      ['4.4.7', 'delivery time expired', 'softBounced'],
    ] as const) {
      const report = `Original-Envelope-Id: ${event}.password\n\nAction: failed\nStatus: ${status}\nDiagnostic-Code: smtp; ${diagnostic}\n`;
      const [notice] = readRfc3464Hook(Buffer.from(report), 'message/delivery-status').notices;
      expect(notice?.kind, diagnostic).to.equal(kind);
    }
  });

  const copy = `Return-Path: <bounces+${event}.invitation@mail.example>\nMessage-ID: <${event}.invitation@mail.example>\nSubject: Set your password\n\nYour code is 7K4P9RTX`;
  for (const [host, text, kind, reply] of [
    [
      'qmail',
      `Hi. This is the qmail-send program at mx.harbour.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ines@harbour.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n${copy}`,
      'bounced',
      /^Sorry, no mailbox here by that name/,
    ],
    [
      'qmail, far',
      `Hi. This is the qmail-send program at mx.harbour.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up.\n\n<ines@harbour.example>:\n192.0.2.9 failed after I sent the message.\nRemote host said: 554 5.7.1 rejected as spam: code 7K4P9RTX\n\n--- Below this line is a copy of the message.\n\n${copy}`,
      'softBounced',
      /^554 5\.7\.1 rejected as spam: code …$/,
    ],
    [
      'Exim',
      `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ines@harbour.example\n    host mx.harbour.example [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<ines@harbour.example>:\n    550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n${copy}`,
      'bounced',
      /550 5\.1\.1 User unknown$/,
    ],
  ] as const) {
    it(`reads the plain text that ${host} sends back`, () => {
      const mail = `From: MAILER-DAEMON@mx.harbour.example\nTo: bounces@mail.example\nSubject: failure notice\n\n${text}`;
      const [notice] = readRfc3464Hook(Buffer.from(mail), 'message/rfc822').notices;
      expect(notice?.deliveries).to.deep.equal([`${event}.invitation`]);
      expect(notice?.kind).to.equal(kind);
      expect(notice?.reply).to.match(reply);
      expect(JSON.stringify(notice)).not.to.include('7K4P9RTX');
    });
  }

  it('says what it could not read, where that may have told of a lost mail', () => {
    const mail = 'From: MAILER-DAEMON@mx.example\nSubject: Unzustellbar\n\nLeider nicht.';
    expect(readRfc3464Hook(Buffer.from(mail), 'message/rfc822').unread).to.be.a('string');
    expect(readRfc3464Hook(sample('vacation.eml'), '').unread).to.equal(undefined);
    expect(readRfc3464Hook(sample('rfc3464-delayed.eml'), '').unread).to.equal(undefined);
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
