import { expect } from 'chai';
import { cleanReply, secretsAmong } from '../../../src/notify/delivery/clean-reply.ts';
import { smtpOptions, smtpSecrets } from '../../../src/notify/mail/smtp-options.ts';

const token = 'Kx3f-9aQ_zz8LmNoPq0rStUvWxYz1234567890abCDE';
const code = '7K4P9RTX';
const password = 'Kq7m-x4hd-abcd-efgh-2345';
const phrase = 'korrekt Pferd Batterie';
const link = `https://keys.example/set-password?token=${token}`;
const publicUrl = 'https://keys.example';
const credentials = smtpSecrets(smtpOptions('smtp://mailuser:s3cr3t%21pw@mx.example'));
const minted = secretsAmong({ link, code, password, passphrase: phrase, userName: 'ines', productName: 'Latchkey' });

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const bytes = (text: string, mark: string): string =>
  [...Buffer.from(text)].map((byte) => `${mark}${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Ways to quote a secret. */
const quotes: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in angle brackets': (secret) => `<${secret}>`,
  'in quotation marks': (secret) => `"${secret}"`,
  'in lower case': (secret) => secret.toLowerCase(),
  'in upper case': (secret) => secret.toUpperCase(),
  'wrapped over lines of a reply': (secret) => `${secret.slice(0, 7)}\r\n554-5.7.1 ${secret.slice(7)}`,
  'wrapped without enhanced status': (secret) => `${secret.slice(0, 9)}\r\n554-${secret.slice(9)}`,
  folded: (secret) => `${secret.slice(0, 6)}\r\n\t${secret.slice(6)}`,
  'with soft breaks': (secret) => `${secret.slice(0, 6)}=\r\n${secret.slice(6)}`,
  'quoted-printable': (secret) => bytes(secret, '='),
  'quoted-printable behind token=3D': (secret) => `token=3D${secret}`,
  'percent-encoded': (secret) => bytes(secret, '%'),
  'percent-encoded twice': (secret) => bytes(secret, '%25'),
  'as a URL component': encodeURIComponent,
  'HTML-escaped': (secret) => [...secret].map((char) => `&#${char.codePointAt(0)};`).join(''),
  'HTML-escaped in hex': (secret) => [...secret].map((char) => `&#x${char.codePointAt(0)?.toString(16)};`).join(''),
  'as JSON escapes': (secret) => bytes(secret, '\\u00'),
  'split by blanks': (secret) => secret.match(/.{1,4}/gs)!.join(' '),
  'split by dots': (secret) => secret.match(/.{1,3}/gs)!.join('...'),
  'letter by letter': (secret) => [...secret].join('-'),
  'with zero-width characters': (secret) => [...secret].join('\u200B'),
  'in base64': base64,
  'in base64 of a longer text': (secret) => base64(`Your secret is ${secret}.`),
  'cut short': (secret) => `${secret.slice(0, Math.max(8, secret.length - 6))}[...]`,
};

/** True where a text holds six letters and digits of the secret in a row. */
function tells(text: string, secret: string): boolean {
  const fold = (from: string): string => from.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const [said, part] = [fold(text), fold(secret)];
  const size = Math.min(6, part.length);
  return Array.from({ length: part.length - size + 1 }, (_, at) => part.slice(at, at + size)).some((one) =>
    said.includes(one),
  );
}

describe('cleanReply', () => {
  for (const [way, quote] of Object.entries(quotes)) {
    it(`keeps nothing of a token, code or password that is quoted ${way}`, () => {
      for (const secret of [token, code, password, phrase]) {
        const reply = `554 5.7.1 Message rejected, it says: ${quote(secret)} and so on`;
        const clean = cleanReply(reply, { secrets: minted, publicUrl });
        expect(tells(clean, secret), clean).to.equal(false);
        expect(clean).to.match(/^554 5\.7\.1 Message rejected, it says/);
        const later = cleanReply(reply, { secrets: undefined });
        if (secret !== phrase || way !== 'split by dots') expect(tells(later, secret), later).to.equal(false);
      }
    });
  }

  const octets = (text: string, radix: number, digits: number, mark = ''): string[] =>
    [...Buffer.from(text)].map((byte) => mark + byte.toString(radix).padStart(digits, '0'));
  const fullWidth = (text: string): string =>
    text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
  /** Ways that write each character by itself: of six in a row nothing may be left. */
  const byCharacter: Readonly<Record<string, (secret: string) => string>> = {
    'as bytes in hex, with blanks': (secret) => octets(secret, 16, 2).join(' '),
    'as bytes in hex, with colons': (secret) => octets(secret, 16, 2).join(':').toUpperCase(),
    'as bytes in hex, with 0x': (secret) => octets(secret, 16, 2, '0x').join(', '),
    'as bytes in decimals': (secret) => octets(secret, 10, 1).join(' '),
    'as bytes in decimals, in a list': (secret) => `[${octets(secret, 10, 1).join(',')}]`,
    'as octal escapes': (secret) => octets(secret, 8, 3, '\\').join(''),
    'as octal numbers': (secret) => octets(secret, 8, 3).join(' '),
    'in full-width letters': fullWidth,
    'in full-width letters, split': (secret) => [...fullWidth(secret)].join('-'),
    'cut by escaped line breaks': (secret) => secret.match(/.{1,2}/gs)!.join('\\n'),
    'cut by escaped breaks and tabs': (secret) => secret.match(/.{1,3}/gs)!.join('\\r\\n\\t'),
  };
  for (const [way, quote] of Object.entries(byCharacter)) {
    it(`keeps nothing of a token, code or password that is written ${way}`, () => {
      for (const secret of [token, code, password]) {
        const plain = secret.replace(/[^A-Za-z0-9]/g, '');
        for (const quoted of [secret, `${publicUrl}/set-password?token=${secret}`]) {
          const reply = `554 5.7.1 blocked: ${quote(quoted)} and so on`;
          for (const secrets of [minted, undefined]) {
            const clean = cleanReply(reply, { secrets, publicUrl });
            for (let at = 0; at + 6 <= plain.length; at += 1)
              expect(clean.includes(quote(plain.slice(at, at + 6))), clean).to.equal(false);
            expect(tells(clean, secret), clean).to.equal(false);
            expect(clean).to.match(/^554 5\.7\.1 blocked/);
          }
        }
      }
    });
  }

  it('keeps nothing of a link of ours, however it is written', () => {
    for (const quoted of [
      link,
      link.replace('https', 'hxxps'),
      link.replace('keys.example', 'keys[.]example'),
      link.slice('https://'.length),
      encodeURIComponent(link),
      `https://eur01.safelinks.example/?url=${encodeURIComponent(link)}&data=05`,
      `https://other.example/?next=${base64(link)}`,
      'https://keys.example/reveal-password',
      link.toUpperCase(),
    ]) {
      const clean = cleanReply(`554 5.7.1 blocked URL: ${quoted} (policy)`, { secrets: [], publicUrl });
      expect(clean, quoted)
        .to.match(/^554 5\.7\.1 blocked URL: /)
        .and.not.match(/token|reveal|keys\.example/i);
      expect(clean.includes(token.slice(0, 8)), clean).to.equal(false);
    }
  });

  it('keeps nothing of the credentials of the mail server', () => {
    for (const quoted of [
      's3cr3t!pw',
      base64('s3cr3t!pw'),
      `AUTH PLAIN ${base64('\0mailuser\0s3cr3t!pw')}`,
      `AUTH LOGIN ${base64('mailuser')} ${base64('s3cr3t!pw')}`,
      base64('\0mailuser\0s3cr3t!pw'),
      `AUTH XOAUTH2 ${base64('user=mailuser\x01auth=Bearer ya29.a0AfH6SMB\x01\x01')}`,
      'Authorization: Bearer ya29.a0AfH6SMB_x',
      'password=s3cr3t!pw',
    ]) {
      const clean = cleanReply(`535 5.7.8 Authentication failed: ${quoted}`, { secrets: credentials });
      expect(clean, quoted)
        .to.match(/^535 5\.7\.8 Authentication failed/)
        .and.not.match(/s3cr3t|ya29|mailuser/);
      expect(/[A-Za-z0-9+/]{14}/.test(clean.slice(35)), clean).to.equal(false);
    }
  });

  it('keeps no address of a person', () => {
    for (const address of [
      'ines@entra.example',
      '<ines@entra.example>',
      '"ines b"@entra.example',
      'ines%40entra.example',
      'ines=40entra.example',
      'ines&#64;entra.example',
    ])
      expect(cleanReply(`550 5.1.1 ${address} unknown`, { secrets: [] }), address)
        .to.match(/^550 5\.1\.1 \S+ unknown$/)
        .and.not.include('ines');
  });

  it('leaves what helps: codes, words of any language, hosts and their addresses', () => {
    for (const reply of [
      '550 5.1.1 no such mailbox',
      '550 5.4.1 Recipient address rejected: Access denied.',
      '554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.org',
      '550 Empfänger unbekannt, das Postfach existiert nicht',
      '421 4.7.0 try again later',
      '452 4.2.2 USER OVER QUOTA',
      '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
      'HTTP 400, Twilio error',
      'The connection to the mail server failed.',
    ])
      expect(cleanReply(reply, { secrets: minted, publicUrl })).to.equal(reply);
  });

  it('keeps only the words that servers use where it is not known what was minted', () => {
    expect(
      cleanReply('5.7.1: 550 5.7.1 Your password "Sommer Sonne 1999" was blocked by policy', { secrets: undefined }),
    ).to.equal('5.7.1: 550 5.7.1 Your password "… " was blocked by policy'.replace('… "', '…"'));
  });

  it('is one line of at most 300 characters, in little time, whatever comes', () => {
    for (const reply of [
      'x'.repeat(1e6),
      '@'.repeat(1e6),
      `${'a'.repeat(1e5)}@`,
      '<'.repeat(1e5),
      'token='.repeat(1e5),
      '=3D%'.repeat(1e5),
      '&#'.repeat(1e5),
      'A1'.repeat(1e5),
      '\r\n554-'.repeat(1e5),
      '… '.repeat(1e5),
    ]) {
      const started = performance.now();
      const clean = cleanReply(`554 ${reply}`, { secrets: minted, publicUrl });
      expect(performance.now() - started, reply.slice(0, 10)).to.be.below(300);
      expect(clean.length).to.be.at.most(300);
      expect(clean).not.to.match(/[\r\n]/);
      expect(cleanReply(clean, { secrets: minted, publicUrl }), 'again').to.equal(clean);
    }
  });
});
