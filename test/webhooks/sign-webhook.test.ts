import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { signWebhook } from '../../src/webhooks/sign-webhook.ts';
import { readWebhookSecret, WebhookSecretError } from '../../src/webhooks/webhook-secret.ts';

describe('signWebhook', () => {
  it('signs as the example of Standard Webhooks does', () => {
    const key = readWebhookSecret('env:S', { S: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
    expect(
      signWebhook({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' }, [key]),
    ).to.equal('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('lists a signature for each secret, in order', () => {
    const keys = [Buffer.alloc(24, 1), Buffer.alloc(32, 2)];
    const expected = keys.map((key) => `v1,${createHmac('sha256', key).update('m.7.{}').digest('base64')}`).join(' ');
    expect(signWebhook({ id: 'm', timestamp: 7, body: '{}' }, keys)).to.equal(expected);
  });
});

describe('readWebhookSecret', () => {
  const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

  it('reads a variable or a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-secret-'));
    try {
      writeFileSync(join(folder, 'crm'), `${secret}\n`);
      expect(readWebhookSecret(`file:${join(folder, 'crm')}`, {})).to.deep.equal(Buffer.alloc(32, 5));
      expect(readWebhookSecret('env:CRM', { CRM: secret })).to.deep.equal(Buffer.alloc(32, 5));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const [name, reference, environment] of [
    ['a variable that is not set', 'env:CRM', {}],
    ['a file that is not there', 'file:/nowhere/at/all', {}],
    ['a secret of another form', 'env:CRM', { CRM: 'hush-hush' }],
    ['a key that is too short', 'env:CRM', { CRM: `whsec_${Buffer.alloc(23).toString('base64')}` }],
    ['a key that is too long', 'env:CRM', { CRM: `whsec_${Buffer.alloc(65).toString('base64')}` }],
  ] as const) {
    it(`refuses ${name}, without repeating it`, () => {
      expect(() => readWebhookSecret(reference, environment))
        .to.throw(WebhookSecretError)
        .with.property('message')
        .that.does.not.match(/hush|AAAA/);
    });
  }
});
