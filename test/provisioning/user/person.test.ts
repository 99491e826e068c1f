import { expect } from 'chai';
import { personOf } from '../../../src/provisioning/user/person.ts';

describe('a person', () => {
  const nameOf = (resource: object, language?: string) =>
    personOf({ id: 'a', resource: { userName: 'a', ...resource } }, language).displayName;
  const name = (givenName: string, familyName?: string) => ({
    name: { givenName, ...(familyName === undefined ? {} : { familyName }) },
  });

  it('is named in the order of their language, of their script, or of the tenant', () => {
    expect(nameOf(name('Ines', 'Okoro'))).to.equal('Ines Okoro');
    expect(nameOf({ ...name('Anna', 'Nagy'), preferredLanguage: 'hu' })).to.equal('Nagy Anna');
    expect(nameOf({ ...name('Hanako', 'Yamada'), locale: 'ja_JP' })).to.equal('Yamada Hanako');
    expect(nameOf({ ...name('花子', '山田'), locale: 'ja-JP' })).to.equal('山田 花子');
    expect(nameOf(name('はなこ', '山田'))).to.equal('山田 はなこ');
    expect(nameOf({ ...name('小明', '王'), preferredLanguage: 'zh-Hans-CN' })).to.equal('王小明');
    expect(nameOf(name('민준', '김'))).to.equal('김민준');
    expect(nameOf({ ...name('Minjun', 'Kim'), preferredLanguage: 'ko-KR, en;q=0.5' })).to.equal('Kim Minjun');
    expect(nameOf(name('Hanako', 'Yamada'), 'ja')).to.equal('Yamada Hanako');
    expect(nameOf({ ...name('Hanako', 'Yamada'), preferredLanguage: 'en-US' }, 'ja')).to.equal('Hanako Yamada');
    expect(nameOf(name('花子'))).to.equal('花子');
  });

  it('is called what the client says where it says so', () => {
    expect(nameOf({ ...name('Hanako', 'Yamada'), locale: 'ja', displayName: 'Hana' })).to.equal('Hana');
    expect(
      nameOf({ name: { givenName: 'Hanako', familyName: 'Yamada', formatted: 'Ms Yamada' }, locale: 'ja' }),
    ).to.equal('Ms Yamada');
  });
});
