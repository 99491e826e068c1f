import { join } from 'node:path';
import { expect } from 'chai';
import { loadLocales, pickLocale, type Locale } from '../../../src/text/locales.ts';
import { createMailChannel } from '../../../src/notify/mail/mail-channel.ts';
import { MessageBook } from '../../../src/notify/words/message-book.ts';
import type { Mail } from '../../../src/notify/words/mail.ts';
import { contrastRatio, type HexColor } from '../../../src/text/color-contrast.ts';
import { MessageError, showCode } from '../../../src/notify/words/message-values.ts';
import { loadMailTemplates, type MailTemplate, renderMail } from '../../../src/notify/words/render-mail.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import { queued } from '../../support/courier-bench.ts';

const locales = loadLocales(join(packageRoot, 'locales'));
const templates = loadMailTemplates(join(packageRoot, 'templates'));
const names: readonly MailTemplate[] = [
  'invitation',
  'invitationCode',
  'password',
  'passwordReveal',
  'recovery',
  'recoveryCode',
  'verifyEmail',
  'activated',
  'passwordChanged',
  'reminder',
];
const values = {
  productName: 'Acme & Söhne',
  displayName: 'Ines Okoro',
  userName: 'ines@entra.example',
  link: 'https://keys.example/set-password?token=abc_-123&x=1',
  code: 'K7M4XQ2P',
  password: 'a <b> &amp; "c" \'d\'',
  mustChange: true,
  expiresAt: '2026-11-22T11:30:00.000Z',
  timezone: 'Europe/Berlin',
};
const render = (template: MailTemplate, more: object = {}, language = 'en') =>
  renderMail(templates, pickLocale([language], locales), template, { ...values, ...more });

describe('renderMail', () => {
  it("writes the invitation: subject, link as button and as text, expiry in the recipient's zone", () => {
    const { subject, text, html } = render('invitation');
    expect(subject).to.equal('Set your password for Acme & Söhne');
    expect(text).to.include(`\n${values.link}\n`);
    expect(text)
      .to.include('Hello Ines Okoro,')
      .and.include('Acme & Söhne')
      .and.match(/Valid until Sunday, November 22, 2026(,| at) 12:30 PM \(Berlin\)\./);
    expect(html)
      .to.include('href="https://keys.example/set-password?token=abc_-123&amp;x=1"')
      .and.include('Acme &amp; Söhne');
    expect(html.match(/https?:\/\/[^"<\s]+/g)?.every((url) => url.startsWith('https://keys.example/'))).to.equal(true);
    expect(html).not.to.match(/<(img|script|link|iframe|object|form)\b|url\(/i);
  });

  it("leaves the zone out where it is the reader's own, and names a city where it is not", () => {
    const until = (more: object, language = 'en') =>
      /^Valid.*$|^有効.*$/m.exec(render('invitation', more, language).text)?.[0];
    expect(until({ timezoneIsOwn: true })).to.match(/12:30 PM\.$/);
    expect(until({ timezoneIsOwn: true, timezone: 'Mars/Olympus' })).to.match(/11:30 AM UTC\.$/);
    expect(until({ timezone: 'America/Argentina/Buenos_Aires' })).to.match(/8:30 AM \(Buenos Aires\)\.$/);
    expect(until({ timezone: 'Asia/Calcutta' })).to.match(/5:00 PM \(Kolkata\)\.$/);
    expect(until({ timezone: 'UTC' })).to.match(/11:30 AM UTC\.$/);
    expect(until({ timezone: 'Etc/GMT-5' })).to.match(/4:30 PM GMT\+5\.$/);
    expect(until({}, 'ja')).to.match(/12:30 \(Berlin\)$/);
  });

  it('shows a code in groups and never in what a list of mails shows', () => {
    const { text, html } = render('invitationCode');
    expect(text).to.include('\nK7M4 XQ2P\n');
    expect(html).to.include('>K7M4 XQ2P<');
    expect(['1234', '12345', '123456', '1234567', '123456789', '1234567890'].map(showCode)).to.deep.equal([
      '1234',
      '12345',
      '123 456',
      '1234 567',
      '123 456 789',
      '12345 67890',
    ]);
    for (const template of names) {
      const { subject, html: whole } = render(template);
      const preheader = /<body[^>]*>\s*<div style="display:none[^>]*>([^&]*(?:&amp;[^&]*)*)/.exec(whole)?.[1] ?? '';
      expect(preheader.length, template).to.be.greaterThan(20);
      expect(`${subject}${preheader}`).not.to.match(/K7M4|token=|a &lt;b&gt;/);
    }
  });

  it('breaks a long user name after its signs, not within its words', () => {
    const { html } = render('password', { userName: 'ines.okoro@mail.example' });
    expect(html).to.include('ines.<wbr>okoro@<wbr>mail.<wbr>example<wbr>');
    expect(html).to.match(/>a &lt;b&gt; &amp;amp; &quot;c&quot; &#39;d&#39;<wbr>/);
  });

  it('ends no line within "e-mail", and changes no subject, link or plain text for that', () => {
    const link = 'https://keys.example/verify-e-mail?token=a-b';
    for (const [language, word, parted] of [
      ['en', 'e\u2011mail', 'e-mail'],
      ['de', 'E\u2011Mail-Adresse', 'E-Mail-Adresse'],
    ] as const) {
      const { subject, text, html } = render('verifyEmail', { link }, language);
      expect(/<h1[^>]*>(.*)<\/h1>/.exec(html)?.[1]).to.include(word);
      expect(subject).to.include(parted);
      expect(text).to.include(link).and.not.include('\u2011');
      expect(html.split(link)).to.have.lengthOf(4);
    }
  });

  it('pads the cell of the button and gives Word a card of 600 pixels', () => {
    const { html } = render('invitation');
    expect(html).to.match(
      /<td class="button"[^>]*bgcolor="#0f5f63"[^>]*style="padding:8px 14px;mso-padding-alt:15px 30px/,
    );
    expect(html).to.match(/<!--\[if mso\]><table role="presentation" align="center" width="600"/);
    expect(html).to.match(/<!--\[if mso\]><\/td><\/tr><\/table><!\[endif\]-->/);
  });

  it('shows the brand: a logo, a colour with text that can be read on it, who helps, and whether replies are read', () => {
    const plain = render('invitation');
    expect(plain.text).to.include('Replies are not read.').and.not.include('Need help?');
    for (const [brandColor, onIt] of [
      ['#ffe600', '#000000'],
      ['#FFFFFF', '#000000'],
      ['#000000', '#ffffff'],
      ['#635bff', '#ffffff'],
    ] as const) {
      const { html } = render('invitation', { brandColor });
      expect(html).to.include(`bgcolor="${brandColor}"`).and.include(`font-weight:600;color:${onIt};text-decoration`);
      const link = /class="link"[^>]*color:(#[0-9a-f]{6})/i.exec(html)?.[1] as HexColor;
      expect(contrastRatio(link, '#eef3f2'), brandColor).to.be.at.least(4.5);
      expect(contrastRatio(brandColor, onIt)).to.be.at.least(4.5);
    }
    const own = render('invitation', {
      logoUrl: 'https://cdn.acme.example/logo.png?a=1&b=2',
      helpText: 'Service desk, ext. <100>',
      helpUrl: 'https://help.acme.example/',
      replyTo: 'help@acme.example',
    });
    expect(own.html)
      .to.include('src="https://cdn.acme.example/logo.png?a=1&amp;b=2" alt="Acme &amp; Söhne"')
      .and.include('ext. &lt;100&gt;')
      .and.include('href="https://help.acme.example/"');
    expect(own.text)
      .to.include('Need help?\nService desk, ext. <100>\nhttps://help.acme.example/\n')
      .and.include('You can reply to it.');
  });

  it('keeps a name with line breaks and controls on its line, in the subject too', () => {
    const evil = 'Ines\r\nBcc: all@x.example\n\n<b>Call</b>\u2028\u202e0800\u0085';
    for (const template of names) {
      const { subject, text, html } = render(template, { displayName: evil, userName: evil, productName: evil });
      expect(subject).not.to.match(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(text).not.to.match(/^(Bcc|<b>)/m);
      expect(`${text}${html}`).not.to.match(/[\r\u2028\u202e\u0085]/);
      expect(html).not.to.include('<b>');
    }
  });

  it('shows the password as it is, on a line of its own, and says that it must be changed only when it must', () => {
    const { text, html } = render('password');
    expect(text).to.include(`\nPassword:\n${values.password}\n`);
    expect(html).to.include('a &lt;b&gt; &amp;amp; &quot;c&quot; &#39;d&#39;');
    expect(text).to.include('choose a new password');
    expect(render('password', { mustChange: false }).text).not.to.include('choose a new password');
  });

  it('puts a secret into its own mail only, and a code into no link', () => {
    for (const template of names) {
      const { subject, text, html } = render(template, { password: 'PA55-SECRET', code: 'C0DE-SECRET' });
      if (template !== 'password') expect(text + html, template).not.to.include('PA55-SECRET');
      if (!['invitationCode', 'recoveryCode', 'reminder'].includes(template))
        expect(text + html, template).not.to.include('C0DE-SECRET');
      expect(subject).not.to.include('SECRET');
      expect([...(text + html).matchAll(/https?:\S+/g)].join()).not.to.include('SECRET');
    }
  });

  it('takes no value for markup, for a template or for a header', () => {
    const { subject, text, html } = render('invitation', {
      displayName: '<b>{{password}}{{{code}}}</b>\r\nBcc: x',
      productName: 'A\r\nBcc: b@x.example',
      link: 'javascript:"><script>',
    });
    expect(html).not.to.include('<b>').and.not.include('<script>');
    expect(html).to.include('&lt;b&gt;{{password}}{{{code}}}&lt;/b&gt; Bcc: x');
    expect(text).to.include('A Bcc: b@x.example');
    expect(subject).not.to.match(/[\r\n]/);
    expect(render('invitation', { displayName: `x${'y'.repeat(5000)}` }).text.length).to.be.below(1500);
  });

  it('does without what is not there: name, expiry, user name', () => {
    const { text } = render('invitation', { displayName: undefined, userName: undefined, expiresAt: null });
    expect(text)
      .to.match(/^Hello,\n/)
      .and.not.include('Valid until')
      .and.not.include('User name')
      .and.not.include('undefined');
  });

  it('refuses to write a mail without its point', () => {
    const without: readonly [MailTemplate, string][] = [
      ['invitation', 'link'],
      ['invitationCode', 'code'],
      ['password', 'password'],
      ['recovery', 'link'],
      ['verifyEmail', 'link'],
    ];
    for (const [template, name] of without)
      expect(() => render(template, { [name]: '' }), template).to.throw(MessageError, `'${name}'`);
    expect(() => render('invitation', { expiresAt: 'soon' })).to.throw(MessageError);
  });

  it('bears a zone that does not exist', () => {
    expect(render('invitation', { timezone: 'Mars/Olympus' }).text).to.include('11:30 AM UTC');
  });

  for (const language of ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ja', 'zh', 'ar', 'he']) {
    it(`is complete in ${language}`, () => {
      const locale = locales.get(language) as Locale;
      const rtl = language === 'ar' || language === 'he';
      expect(locale.direction).to.equal(rtl ? 'rtl' : 'ltr');
      for (const template of names) {
        const { subject, text, html } = render(template, {}, language);
        expect(subject.length).to.be.within(3, 80);
        expect(subject, template).to.include(values.productName);
        const dir = rtl ? 'rtl' : 'ltr';
        expect(html).to.include(`<html lang="${language}" dir="${dir}"`);
        // Gmail drops <html> and <body>: what holds the text must say it again.
        expect(html).to.match(
          new RegExp(`<body lang="${language}" dir="${dir}"[^>]*text-align:${rtl ? 'right' : 'left'}`),
        );
        expect(html).to.include(`<table role="presentation" class="page" lang="${language}" dir="${dir}"`);
        for (const [cell] of html.matchAll(/<td[^>]*text-align:(?:left|right)[^>]*>/g))
          expect(cell)
            .to.include(`dir="${dir}"`)
            .and.include(`align="${rtl ? 'right' : 'left'}"`);
        expect(html, 'no word without a font of its own').not.to.match(/<td(?![^>]*font-family)[^>]*>\s*[\p{L}]/u);
        expect(text + html.replace(/style="[^"]*"/g, ''), 'one kind of digits').not.to.match(/[٠-٩۰-۹]/);
        expect(subject + text + html).not.to.match(/\{\{|undefined|\[object/);
        if (language !== 'en') expect(subject).not.to.equal(pickLocale([], locales).mail.messages[template].subject);
      }
    });
  }

  it('isolates a name written the other way, and leaves what is to be copied alone', () => {
    const { text } = render('invitationCode', { displayName: 'Ines Okoro' }, 'ar');
    expect(text).to.include('\u2068Ines Okoro\u2069').and.include('\nK7M4 XQ2P\n').and.include(`\n${values.link}\n`);
  });
});

describe('the mail channel', () => {
  it('speaks the first language it knows, writes dates for the region and marks the mail as automatic', async () => {
    const mails: Mail[] = [];
    const channel = createMailChannel(
      {
        send: async (mail) => {
          mails.push(mail);
          return { outcome: 'accepted', reply: '' };
        },
        close: async () => undefined,
      },
      () => new MessageBook({ locales, layouts: templates }),
      (tenant) => `keys@${tenant}.example`,
    );
    await channel.send(queued('a', 'x'), {
      outcome: 'send',
      to: 'a@x.example',
      locales: ['tlh', 'de_AT', 'fr'],
      values,
    });
    await channel.send(queued('b', 'x'), { outcome: 'send', to: 'b@x.example', locales: ['en-GB'], values });
    expect(mails[0]).to.include({
      locale: 'de',
      messageId: '<a@x>',
      to: 'a@x.example',
      from: 'keys@default.example',
      subject: 'Legen Sie Ihr Passwort für Acme & Söhne fest',
    });
    expect(mails[0]?.headers).to.eql({
      'X-PM-Metadata-delivery': 'a',
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply',
      'Content-Language': 'de',
      'X-Entity-Ref-ID': 'a',
    });
    expect(mails[1]?.text).to.match(/Sunday,? 22 November 2026.* 12:30 \(Berlin\)/);
  });

  it('tells an administrator every sentence of a notice, though one of their values has a length to keep', () => {
    const told = `${'a sentence of ours. '.repeat(40)}The end.`;
    const notice = { noticeSubject: 'Checkpoint', noticeText: told, noticeButton: 'Open', noticeUnexpected: told };
    const { text } = renderMail(templates, pickLocale(['en'], locales), 'administratorNotice', {
      ...values,
      ...notice,
    });
    expect(text.split(told)).to.have.length(3);
  });
});
