import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, describeConfig, readConfig } from '../../src/config/config.ts';

describe('readConfig', () => {
  const faultsOf = (environment: Record<string, string>): readonly string[] => {
    try {
      readConfig(environment);
    } catch (cause) {
      if (cause instanceof ConfigError) return cause.faults;
      throw cause;
    }
    return [];
  };

  it('needs nothing', () => {
    expect(readConfig({}).config).to.include({
      host: '127.0.0.1',
      port: 8080,
      dataDir: './data',
      worker: true,
      mongodbUri: undefined,
    });
  });

  it('lists every fault at once, and no secret', () => {
    const faults = faultsOf({
      PORT: 'many',
      LATCHKEY_TOKEN: 'short',
      LATCHKEY_KEY: 'bm90IDMyIGJ5dGVz',
      SMTP_URL: 'http://user:hush@x',
      LATCHKEY_PUBLIC_URL: 'ftp://x',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).to.have.members([
      'PORT',
      'LATCHKEY_TOKEN',
      'LATCHKEY_KEY',
      'SMTP_URL',
      'LATCHKEY_PUBLIC_URL',
    ]);
    expect(faults.join()).not.to.match(/short(?!\w)|hush|bm90/);
  });

  it('takes a bounce address that has room for the id of a mail', () => {
    expect(readConfig({ LATCHKEY_BOUNCE_ADDRESS: 'bounces@mail.example' }).config.bounceAddress).to.equal(
      'bounces@mail.example',
    );
    for (const address of ['bounces', 'returned-mails@mail.example', 'Bounces <b@mail.example>', 'b+c@mail.example']) {
      expect(faultsOf({ LATCHKEY_BOUNCE_ADDRESS: address }), address).to.have.lengthOf(1);
    }
  });

  it('reads the hosts that webhooks may reach', () => {
    expect([
      ...readConfig({ LATCHKEY_WEBHOOK_HOSTS: ' Intranet.example, 10.0.0.7 ,' }).config.webhookHosts,
    ]).to.deep.equal(['intranet.example', '10.0.0.7']);
  });

  it('wants a key with MongoDB', () => expect(faultsOf({ MONGODB_URI: 'mongodb://localhost' })).to.have.lengthOf(1));

  it('reads a value from the file that its twin names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-config-'));
    try {
      writeFileSync(join(folder, 'token'), `${'t'.repeat(40)}\n`);
      const { config, values } = readConfig({ LATCHKEY_TOKEN_FILE: join(folder, 'token') });
      expect(config.token).to.equal('t'.repeat(40));
      expect(describeConfig(values))
        .to.match(/^LATCHKEY_TOKEN=\(hidden\) {2}# file$/m)
        .and.not.include('tttt');
      expect(faultsOf({ LATCHKEY_TOKEN: 'u'.repeat(40), LATCHKEY_TOKEN_FILE: join(folder, 'token') })).to.have.lengthOf(
        1,
      );
      expect(faultsOf({ LATCHKEY_TOKEN_FILE: join(folder, 'absent') })).to.have.lengthOf(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const [environment, shown] of [
    [{}, true],
    [{ LATCHKEY_PUBLIC_URL: 'http://localhost:8080' }, true],
    [{ LATCHKEY_PUBLIC_URL: 'http://127.0.0.1:8080/keys' }, true],
    [{ LATCHKEY_PUBLIC_URL: 'http://[::1]:8080' }, true],
    [{ LATCHKEY_PUBLIC_URL: 'https://keys.example' }, false],
    [{ LATCHKEY_PUBLIC_URL: 'http://127.0.0.1.evil.example' }, false],
    [{ LATCHKEY_PUBLIC_URL: 'http://localhost.evil.example' }, false],
    [{ LATCHKEY_TRUST_PROXY: 'loopback' }, false],
    [{ LATCHKEY_PUBLIC_URL: 'https://keys.example', LATCHKEY_DEV_MAILBOX: 'on' }, true],
    [{ LATCHKEY_TRUST_PROXY: '10.0.0.0/8', LATCHKEY_DEV_MAILBOX: 'on' }, true],
    [{ LATCHKEY_DEV_MAILBOX: 'off' }, false],
  ] as const) {
    it(`${shown ? 'shows' : 'hides'} captured mail with ${JSON.stringify(environment)}`, () => {
      expect(readConfig(environment).config.devMailbox).to.equal(shown);
    });
  }
});
