import { expect } from 'chai';
import fc from 'fast-check';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { generatePassword } from '../../../src/provisioning/passwords/generate-password.ts';
import {
  checkCodeSettings,
  codeAlphabet,
  codeBits,
  generateCode,
  readCode,
} from '../../../src/provisioning/first-key/invitation-code.ts';
import { PasswordHasher } from '../../../src/provisioning/passwords/password-hasher.ts';
import { contextWords } from '../../../src/provisioning/passwords/context-words.ts';
import { checkPassword, faultSentence } from '../../../src/provisioning/passwords/password-policy.ts';
import { SealBrokenError, SecretBox } from '../../../src/base/secret-box.ts';
import { OverloadedError } from '../../../src/provisioning/passwords/overloaded-error.ts';
import { Semaphore } from '../../../src/base/semaphore.ts';
import { KeyedQueue } from '../../../src/base/keyed-queue.ts';
import { userBody } from '../../support/provisioning-bench.ts';

const settings = loadSettings(undefined);
const withPasswords = (passwords: Partial<typeof settings.passwords>) => ({
  ...settings,
  passwords: { ...settings.passwords, ...passwords },
});
const words = contextWords(userBody('ines.okoro@harbour.example'), settings);
const rules = (password: string, with_ = settings) => checkPassword(password, with_, words).map(({ rule }) => rule);

describe('checkPassword', () => {
  it('asks for length, counted in code points, and for nothing else', () => {
    expect(rules('lamplight drift')).to.deep.equal([]);
    expect(rules('lamplight drif')).to.deep.equal(['tooShort']);
    expect(rules('🦊🌊🪔🐙🎈🥨🧭🪁🌵🍋🎻🛶🦉🧵🪐')).to.deep.equal([]);
    expect(rules('mFj3!kQz', withPasswords({ minLength: 8 }))).to.deep.equal([]);
    expect(rules('x1 '.repeat(86))).to.deep.equal(['tooLong']);
    expect(rules('é'.repeat(257))).to.deep.equal(['tooLong']);
  });

  it('refuses what cannot be typed or stored', () => {
    expect(rules('lamplight\u0000drifting')).to.deep.equal(['characters']);
    expect(rules('lamplight\ud800drifting')).to.deep.equal(['characters']);
  });

  it('refuses common passwords, repeats, sequences and keyboard walks of any length', () => {
    for (const password of [
      'passwordpassword',
      'Password1234567',
      'iloveyouiloveyou',
      '123456789012345',
      'qwertyuiopasdfgh',
      'abcdefghijklmnopqrst',
      'aaaaaaaaaaaaaaaaaaaa',
      'abababababababab',
    ]) {
      expect(rules(password)[0], password).to.be.oneOf(['common', 'guessable']);
    }
    for (const password of ['coral horses bathe at noon', 'a long enough passphrase 7', 'my new password is long'])
      expect(rules(password), password).to.deep.equal([]);
  });

  it('refuses what is little more than a name', () => {
    for (const password of ['InesOkoro2031!!', 'okoro-okoro-ines', 'Latchkey-Harbour', 'ines.okoro@harbour.example'])
      expect(rules(password), password).to.deep.equal(['personal']);
    expect(rules('Ines sails past harbours at dusk')).to.deep.equal([]);
  });

  it('asks for kinds of characters only where the tenant must', () => {
    const composed = withPasswords({ composition: true });
    expect(rules('lamplight drifting', composed)).to.deep.equal(['composition']);
    expect(rules('Lamplight drifting 7', composed)).to.deep.equal([]);
  });

  it('judges any text quickly enough to leave the event loop alone', () => {
    for (const hostile of [
      'aA1!'.repeat(64),
      'p4$$w0rd'.repeat(32),
      '\u0301'.repeat(256),
      '4@8({[3€69#1!|0$57+%2'.repeat(12),
    ]) {
      const begun = process.cpuUsage();
      rules(hostile);
      // Without bounds it is minutes; with them some 20 ms of processor time, more where coverage is counted.
      expect(process.cpuUsage(begun).user / 1000, hostile.slice(0, 10)).to.be.below(1_000);
    }
  });

  it('has a sentence for each fault', () => {
    expect(faultSentence({ rule: 'tooShort', min: 15 })).to.include('15');
    for (const rule of ['common', 'personal', 'guessable', 'reused', 'composition', 'characters'] as const)
      expect(faultSentence({ rule })).to.match(/\.$/);
  });
});

describe('generatePassword', () => {
  it('is readable, passes every policy, and is worth at least 80 bits', () => {
    for (const minLength of [8, 15, 40, 128]) {
      for (let times = 0; times < 20; times += 1) {
        const password = generatePassword(minLength);
        expect(password).to.match(/^[A-HJ-NP-Za-hj-km-np-z2-9]{4}(-[A-HJ-NP-Za-hj-km-np-z2-9]{4}){4,}$/);
        expect(rules(password, withPasswords({ minLength, composition: true })), password).to.deep.equal([]);
      }
    }
    expect(20 * Math.log2(31)).to.be.above(80);
    expect(new Set(Array.from({ length: 200 }, () => generatePassword(15))).size).to.equal(200);
  });
});

describe('invitation codes', () => {
  const code = settings.onboarding.code;

  it('leave out what people take for one another, unless there is nothing to mistake it for', () => {
    expect(codeAlphabet(code)).to.equal('ABCDEFGHJKLMNPQRSTUVWXYZ23456789');
    expect(codeAlphabet({ length: 6, uppercase: false, lowercase: false, digits: true })).to.equal('0123456789');
    expect(codeAlphabet({ length: 6, uppercase: true, lowercase: true, digits: true })).not.to.match(/[0Oo1Il]/);
  });

  it('are refused at start when they could be guessed', () => {
    const check = (changes: Partial<typeof code>) =>
      checkCodeSettings({ ...settings, onboarding: { ...settings.onboarding, code: { ...code, ...changes } } });
    const digits = { uppercase: false, lowercase: false, digits: true };
    expect(check({})).to.equal(undefined);
    expect(check({ ...digits, length: 6 })).to.equal(undefined);
    expect(check({ ...digits, length: 5 })?.fault).to.include('16.6 bits');
    expect(check({ length: 3 })?.path).to.deep.equal(['onboarding', 'code', 'length']);
    expect(check({ length: 11 })).not.to.equal(undefined);
    expect(check({ uppercase: false, lowercase: false, digits: false, length: 10 })?.fault).to.include('0.0 bits');
    expect(codeBits(code)).to.equal(40);
  });

  it('are read however they are typed', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.integer({ min: 4, max: 10 }), (lowercase, length) => {
        const own = { length, uppercase: true, lowercase, digits: true };
        const made = generateCode(own);
        expect(made).to.have.length(length);
        expect(readCode(`${made.slice(0, 2)} - ${made.slice(2)}`, own)).to.equal(made);
        if (!lowercase) expect(readCode(made.toLowerCase(), own)).to.equal(made);
      }),
    );
    expect(readCode('Right-Password-1', code)).to.equal(undefined);
  });
});

describe('PasswordHasher', () => {
  it("makes argon2id hashes at the product's cost, by the normalised password", async () => {
    const hasher = new PasswordHasher();
    const hashed = await hasher.hash('cafe\u0301 au lait');
    expect(hashed).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.verify(hashed, 'café au lait')).to.equal(true);
    expect(await hasher.verify(hashed, 'cafe au lait')).to.equal(false);
    expect(hasher.needsRehash(hashed)).to.equal(false);
    expect(new PasswordHasher({ memoryCost: 32_768, timeCost: 2, parallelism: 1 }).needsRehash(hashed)).to.equal(true);
  });

  it('works as long for nobody as for somebody, and never says yes', async () => {
    const hasher = new PasswordHasher();
    const hashed = await hasher.hash('secret');
    await hasher.verify(undefined, 'secret');
    const time = async (against: string | undefined): Promise<number> => {
      const begun = performance.now();
      for (let times = 0; times < 10; times += 1) expect(await hasher.verify(against, 'guess')).to.equal(false);
      return performance.now() - begun;
    };
    const [known, unknown] = [await time(hashed), await time(undefined)];
    expect(unknown / known).to.be.within(0.4, 2.5);
  });

  it('says no to a hash it cannot read', async () => {
    expect(await new PasswordHasher().verify('{SSHA}whatever', 'secret')).to.equal(false);
  });
});

describe('PasswordHasher under load', () => {
  it('refuses what does not fit with 503 and Retry-After', async () => {
    const hasher = new PasswordHasher({ memoryCost: 64, timeCost: 1, parallelism: 1 }, new Semaphore(1, 1));
    const [first, second, third] = await Promise.allSettled([
      hasher.hash('one'),
      hasher.hash('two'),
      hasher.hash('three'),
    ]);
    expect([first.status, second.status]).to.deep.equal(['fulfilled', 'fulfilled']);
    const refused: unknown = third.status === 'rejected' ? third.reason : undefined;
    expect(refused)
      .to.be.instanceOf(OverloadedError)
      .and.deep.include({ status: 503, headers: { 'Retry-After': '5' } });
  });
});

describe('KeyedQueue', () => {
  it('keeps order within a key, is not held up by failures, and runs keys side by side', async () => {
    const queue = new KeyedQueue();
    const seen: string[] = [];
    const failing = queue
      .run('a', async () => {
        await new Promise(setImmediate);
        seen.push('a1');
        throw new Error('no');
      })
      .catch(() => undefined);
    const after = queue.run('a', async () => {
      seen.push('a2');
    });
    await queue.run('b', async () => {
      seen.push('b1');
    });
    await Promise.all([failing, after]);
    expect(seen).to.deep.equal(['b1', 'a1', 'a2']);
  });
});

describe('SecretBox', () => {
  const owner = { tenant: 'acme', id: 'u1', purpose: 'password-to-mail' };
  const [older, newer] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('opens what it sealed, for the same owner alone', () => {
    const box = new SecretBox([older]);
    const sealed = box.seal('Given-Once-77', owner);
    expect(sealed).not.to.include('Given-Once-77');
    expect(box.open(sealed, owner)).to.equal('Given-Once-77');
    expect(box.seal('Given-Once-77', owner)).not.to.equal(sealed);
    for (const changes of [{ tenant: 'other' }, { id: 'u2' }, { purpose: 'other' }]) {
      expect(() => box.open(sealed, { ...owner, ...changes })).to.throw(SealBrokenError);
    }
  });

  it('still opens with an older key, and refuses what was altered or cut', () => {
    const sealed = new SecretBox([older]).seal('x', owner);
    expect(new SecretBox([newer, older]).open(sealed, owner)).to.equal('x');
    expect(() => new SecretBox([newer]).open(sealed, owner)).to.throw(SealBrokenError);
    const [version, key, nonce, text] = sealed.split('.');
    for (const broken of [
      '',
      'v1',
      `${version}.${key}.${nonce}.`,
      `${version}.${key}.${nonce}.A${text!.slice(1)}A`,
      `v2.${key}.${nonce}.${text}`,
    ]) {
      expect(() => new SecretBox([older]).open(broken, owner), broken).to.throw(SealBrokenError);
    }
  });

  it('takes keys of 32 bytes only', () => {
    expect(() => new SecretBox([Buffer.alloc(16)])).to.throw(RangeError);
    expect(() => new SecretBox([])).to.throw(RangeError);
  });
});
