import { expect } from 'chai';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { checkPassword } from '../../../src/provisioning/passwords/password-policy.ts';

const settings = { ...loadSettings(undefined), productName: 'Harbour Portal' };
const rules = (password: string) =>
  checkPassword(password, settings, { words: [], numbers: [] }).map(({ rule }) => rule);

describe('passwords that everybody thinks of', () => {
  for (const password of [
    // Keyboard walks: columns, rows, zigzags, two rows in turn, other keyboards, Shift.
    '1q2w3e4r5t6y7u8i',
    'q1w2e3r4t5y6u7i8',
    'zaq12wsxcde34rfv',
    'zaq1xsw2cde3vfr4',
    'qazwsxedcrfvtgby',
    '1qaz2wsx3edc4rfv',
    '!QAZ2wsx#EDC4rfv',
    'qweasdzxcqweasdzxc',
    'qwe123asd456zxc789',
    'qwer-asdf-zxcv-1234',
    'a1s2d3f4g5h6j7k8',
    'qpwoeirutyalskdj',
    'mnbvcxzlkjhgfdsa',
    'qwertzuiopasdfghjkl',
    'yxcvbnmasdfghjkl',
    'azertyuiopqsdfgh',
    'йцукенгшщзхъфыва',
    'йфяцычувскамепин',
    'Qwertz-Passwort-1',
    '147258369147258369',
    // Words doubled, with digits, in the languages of the pages and Russian.
    'mypasswordismypassword',
    'passphrasepassphrase',
    'парольпароль123',
    'ПарольПароль2026',
    'senhasenhasenha1',
    'hasło123hasło123',
    'HasłoHasło2026!!',
    'liebeliebeliebe1',
    'sommer2026sommer',
    'Sommer-Sommer-2026',
    'Verano2026Verano!',
    'contraseña1contraseña1',
    'MotDePasse-MotDePasse',
    'wachtwoord2026!!',
    'parolaparola2026',
    'パスワードパスワード12345',
    '密码密码密码密码密码密码密码密码',
    'كلمة السر كلمة السر 1',
    'סיסמה סיסמה סיסמה',
    'fenster99fenster99',
    'jabłkojabłkojabłko',
  ])
    it(`are refused: ${password}`, () => expect(rules(password)[0]).to.be.oneOf(['common', 'guessable']));

  for (const password of [
    'flower power party',
    'lamplight drifting',
    'were the deer free',
    'a long enough passphrase 7',
    'my new password is long',
    'Die Liebe fährt Bahn',
    'im Sommer regnet Tee',
    'horse battery horse battery',
    'лампа плывёт домой',
    'property of the expert',
    'mFj3kQz-7tRw9-Lp2x',
    'gdy kot pije herbatę',
    'o gato bebe chá verde',
  ])
    it(`may be like this: ${password}`, () => expect(rules(password)).to.deep.equal([]));

  it('are found in little time in any text', () => {
    for (const hostile of ['qwerty'.repeat(42), 'ab'.repeat(128), 'liebe'.repeat(51), 'é'.repeat(256)]) {
      const begun = performance.now();
      rules(hostile);
      expect(performance.now() - begun, hostile.slice(0, 6)).to.be.below(300);
    }
  });
});
