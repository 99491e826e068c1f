import { expect } from 'chai';
import { unknownVariables } from '../../src/config/unknown-variables.ts';

describe('unknown variables', () => {
  for (const [set, told] of [
    ['LATCHKEY_TRUSTPROXY', 'LATCHKEY_TRUST_PROXY'],
    ['LATCHKEY_COLOUR_SCHEME', undefined],
    ['LACHKEY_TOKEN', 'LATCHKEY_TOKEN'],
    ['LATCHKEYTOKEN', 'LATCHKEY_TOKEN'],
    ['latchkey_data_dirs', 'LATCHKEY_DATA_DIR'],
    ['SMTP_URI', 'SMTP_URL'],
    ['SMTPS_URL', 'SMTP_URL'],
    ['SMTP_HOST', 'SMTP_URL'],
    ['MONGO_URI', 'MONGODB_URI'],
    ['MONGODB_URL', 'MONGODB_URI'],
    ['MONGO_URL_FILE', 'MONGODB_URI'],
    ['MAILFROM', 'MAIL_FROM'],
    ['LOGLEVEL', 'LOG_LEVEL'],
  ] as const) {
    it(`tell that ${set} is read by nothing${told === undefined ? '' : `, and that ${told} may be meant`}`, () => {
      expect(unknownVariables({ [set]: 'x', PATH: '/' })).to.deep.equal([
        `${set} is not a variable that Latchkey reads${told === undefined ? '' : `: did you mean ${told}?`}`,
      ]);
    });
  }

  it('are none of those that Latchkey, its commands, Kubernetes or others read', () => {
    const others = ['PATH', 'HOME', 'HOSTNAME', 'NODE_ENV', 'REPORT', 'SMTP', 'TZ', 'LANG', 'MAILTO', 'LOG_FILE'];
    const ours = ['LATCHKEY_URL', 'LATCHKEY_TOKEN_FILE', 'SMTP_URL', 'LOG_LEVEL', 'PORT', 'HOST'];
    const kubernetes = [
      'LATCHKEY_PORT',
      'LATCHKEY_PORT_80_TCP_ADDR',
      'LATCHKEY_SERVICE_HOST',
      'LATCHKEY_SERVICE_PORT_HTTP',
    ];
    const environment = Object.fromEntries([...others, ...ours, ...kubernetes].map((name) => [name, 'x']));
    expect(unknownVariables(environment)).to.deep.equal([]);
  });

  it('are told where a port is given to Latchkey under a name that Kubernetes uses', () => {
    expect(unknownVariables({ LATCHKEY_PORT: '8081' })).to.deep.equal([
      'LATCHKEY_PORT is not a variable that Latchkey reads: did you mean PORT?',
    ]);
    expect(unknownVariables({ LATCHKEY_PORT: 'tcp://10.0.0.7:8080' })).to.deep.equal([]);
  });

  it('are not told where the right one is set too: the other is for another program', () => {
    expect(unknownVariables({ SMTP_HOST: 'mail', SMTP_URL: 'smtp://mail' })).to.deep.equal([]);
    expect(unknownVariables({ MONGO_URL: 'x', MONGODB_URI_FILE: '/run/secrets/uri' })).to.deep.equal([]);
  });
});
