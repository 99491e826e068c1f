import { expect } from 'chai';
import { isMailAddress, readMailAddress } from '../../src/text/mail-address.ts';

describe('mail addresses', () => {
  it('tells one plain address from everything else', () => {
    for (const good of ['a@x.example', 'ines.o+tag@x.example', 'jörg@bücher.example', '用户@例え.テスト', "'o@x"])
      expect(isMailAddress(good), good).to.equal(true);
    for (const bad of [
      '',
      'a',
      'a@',
      '@x',
      'a b@x',
      'a@x\n',
      'a@x,b@x',
      '<a@x>',
      'a@b@c',
      'a;b@x',
      'a(b)@x',
      `${'a'.repeat(250)}@x.example`,
      'a\u200e@x',
    ]) {
      expect(isMailAddress(bad), bad).to.equal(false);
    }
  });

  it('reads the address out of what people and directories write', () => {
    for (const written of [
      ' a@x.example ',
      '\ta@x.example\r\n',
      '\u00a0a@x.example\u200b',
      'a@x.example',
      '<a@x.example>',
      'Ines Okoro <a@x.example>',
      '"Okoro, Ines" < a@x.example > ',
      'mailto:a@x.example',
      'MAILTO:a%40x.example?subject=Hello',
      'mailto: a@x.example',
    ])
      expect(readMailAddress(written), JSON.stringify(written)).to.deep.equal({ address: 'a@x.example' });
  });

  it('says of what cannot be used why, without repeating it', () => {
    for (const [written, fault] of [
      ['', 'it is empty'],
      [' \u200b ', 'it is empty'],
      ['ines', 'it has no @'],
      ['a@x.example, b@x.example', 'it is not one address, but several'],
      ['A <a@x.example>, B <b@x.example>', 'it is not one address, but several'],
      ['mailto:a@x.example,b@x.example', 'it is not one address, but several'],
      ['mailto:a@x.example%0D%0ABcc:b@x.example', 'it has a line break or another control character in it'],
      ['a\r\nBcc: b@x.example', 'it has a line break or another control character in it'],
      ['a b@x.example', 'it has a blank or an invisible character in it'],
      ['a\u200e@x.example', 'it has a blank or an invisible character in it'],
      ['a(b)@x.example', 'it is not an address such as name@example.com'],
      [`${'a'.repeat(250)}@x.example`, 'it is too long'],
      ['<'.repeat(100_000), 'it is too long'],
    ] as const)
      expect(readMailAddress(written), JSON.stringify(written.slice(0, 60))).to.deep.equal({ fault });
  });
});
