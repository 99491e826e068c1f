import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { ConfigError, readConfig } from '../../src/config/config.ts';

const faultsOf = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
    return '';
  } catch (cause) {
    expect(cause).to.be.instanceOf(ConfigError);
    return (cause as Error).message;
  }
};

describe('faults of variables', () => {
  for (const value of ['127.0.0.1', '10.0.0.0/8, 192.168.0.1', '::1', 'fd00::/8', 'loopback', '10.0.0.0/255.0.0.0'])
    it(`are none of proxies at ${value}`, () => {
      expect(faultsOf({ LATCHKEY_TRUST_PROXY: value })).to.equal('');
    });

  for (const value of [
    'foo',
    'true',
    '*',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    'proxy.example.com',
    '127.0.0.1:8080',
    '::/0',
  ])
    it(`are told of proxies at ${value}`, () => {
      expect(faultsOf({ LATCHKEY_TRUST_PROXY: value }))
        .to.include(`not '${value}'`)
        .and.include('LATCHKEY_TRUST_PROXY');
    });

  for (const name of ['LATCHKEY_SCHEMAS', 'LATCHKEY_MAPPINGS', 'LATCHKEY_TEMPLATES'])
    it(`are told of a folder that is not there: ${name}`, () => {
      expect(faultsOf({ [name]: '/nowhere' }))
        .to.include(`${name} names the folder /nowhere`)
        .and.include('ENOENT');
      expect(faultsOf({ [name]: tmpdir() })).to.equal('');
    });

  for (const name of ['LATCHKEY_SETTINGS', 'LATCHKEY_IMPORT_FOLDERS'])
    it(`are told of a file that is not there, or is a folder: ${name}`, () => {
      expect(faultsOf({ [name]: '/nowhere.json' })).to.include(`${name} names the file /nowhere.json`);
      expect(faultsOf({ [name]: tmpdir() })).to.include('EISDIR');
    });
});
