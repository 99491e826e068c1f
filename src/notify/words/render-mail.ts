import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Mustache from 'mustache';
import type { Locale, MessageWords } from '../../text/locales.ts';
import type { TemplateName } from '../delivery/delivery.ts';
import type { Mail } from './mail.ts';
import { brandView } from './brand-view.ts';
import { expiryIn, needText, oneLine, say, showCode, textOf, type MessageValues } from './message-values.ts';

/** The two layouts every mail is poured into, as Mustache text. */
export interface MailTemplates {
  readonly html: string;
  readonly text: string;
}

/** What goes by mail to users: everything but the code that goes to a phone because something else went by mail. */
export type MailTemplate = Exclude<TemplateName, 'revealCode' | 'administratorNotice'>;

/** What a mail says of its own: the values shown for copying, and those it makes no sense without. */
interface Shape {
  readonly details: readonly ('userName' | 'password' | 'code')[];
  readonly needs: readonly ('link' | 'password' | 'code')[];
}

const shapes: Readonly<Record<MailTemplate | 'administratorNotice', Shape>> = {
  invitation: { details: ['userName'], needs: ['link'] },
  invitationCode: { details: ['userName', 'code'], needs: ['code'] },
  password: { details: ['userName', 'password'], needs: ['password'] },
  // Not the user name: the page asks for it as a proof that is not in the mail.
  passwordReveal: { details: [], needs: ['link'] },
  recovery: { details: [], needs: ['link'] },
  recoveryCode: { details: ['userName', 'code'], needs: ['code'] },
  verifyEmail: { details: [], needs: ['link'] },
  activated: { details: ['userName'], needs: [] },
  passwordChanged: { details: [], needs: [] },
  managerInvited: { details: [], needs: [] },
  managerNotIn: { details: [], needs: [] },
  administratorNotice: { details: [], needs: [] },
  reminder: { details: ['userName', 'code'], needs: ['link'] },
};

/**
 * Reads `mail.html.mustache` and `mail.txt.mustache`.
 * @param folder an absolute path; a tenant's own folder may replace the shipped one
 * @throws Error when a file is missing or is not valid Mustache
 */
export function loadMailTemplates(folder: string): MailTemplates {
  const read = (name: string) => {
    const template = readFileSync(join(folder, name), 'utf8');
    Mustache.parse(template);
    return template;
  };
  return { html: read('mail.html.mustache'), text: read('mail.txt.mustache') };
}

/**
 * Writes a mail in one language. Values: `productName`, `displayName`, `userName`, `link`, `code`, `password`,
 * `mustChange` (boolean), `employee` (in mails to a manager), `expiresAt` (ISO 8601; null or missing: never),
 * `timezone` (IANA) and `timezoneIsOwn`, and of the brand `logoUrl`, `brandColor`, `helpText`, `helpUrl`, `replyTo`. A
 * secret appears only in the mail made for it.
 * @param region a BCP 47 tag of the same language that says how dates are written, as `en-GB`
 * @throws MessageError when a value the mail needs is missing
 */
export function renderMail(
  templates: MailTemplates,
  locale: Locale,
  template: MailTemplate | 'administratorNotice',
  values: MessageValues,
  region = locale.language,
): Pick<Mail, 'subject' | 'text' | 'html'> {
  const { mail: words, direction, language } = locale;
  const own = template === 'administratorNotice' ? noticeWords(values) : words.messages[template];
  const { details, needs } = shapes[template];
  for (const name of needs) needText(values, name);
  // Secrets have boxes of their own; a sentence never gets to see them.
  const speakable = Object.fromEntries(
    Object.entries(values).filter(([name]) => !['password', 'code', 'link'].includes(name)),
  );
  const expiresAt = expiryIn(values, region, 'long');
  const phrase = (text: string) =>
    say(text, { ...speakable, ...(expiresAt === undefined ? {} : { expiresAt }) }, direction);
  const expires = needs.length > 0 && expiresAt !== undefined ? phrase(words.expires) : undefined;
  const brand = brandView(values);
  const hasHelp = brand.helpText !== undefined || brand.helpUrl !== undefined;
  const view = {
    ...brand,
    language,
    direction,
    start: direction === 'rtl' ? 'right' : 'left',
    end: direction === 'rtl' ? 'left' : 'right',
    productName: phrase('{{productName}}'),
    subject: oneLine(phrase(own.subject)),
    // What a list of mails shows beside the subject.
    preheader: [phrase(own.text), expires].filter((sentence) => sentence !== undefined).join(' '),
    title: phrase(own.title),
    greeting: phrase(textOf(values, 'displayName') === undefined ? words.greetingNameless : words.greeting),
    text: phrase(own.text),
    details: details.flatMap((name) => detailOf(name, textOf(values, name), words[name])),
    mustChange: template === 'password' && values.mustChange === true ? phrase(words.mustChange) : undefined,
    link: textOf(values, 'link'),
    button: own.button,
    linkHint: words.linkHint,
    expires,
    unexpected: phrase(own.unexpected),
    helpText: brand.helpText === undefined ? undefined : phrase('{{helpText}}'),
    help: hasHelp ? words.help : undefined,
    footer: phrase(textOf(values, 'replyTo') === undefined ? words.footer : words.footerReplies),
  };
  const shown = { ...view, ...mapped(view, ['title', 'text', 'button', 'unexpected'], unbroken) };
  return {
    subject: view.subject,
    text: Mustache.render(templates.text, view, undefined, { escape: String }),
    html: Mustache.render(templates.html, shown, undefined, { escape: escapeHtml }),
  };
}

function mapped<Name extends string>(
  view: Readonly<Record<Name, string>>,
  names: readonly Name[],
  change: (text: string) => string,
): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, change(view[name])])) as Record<Name, string>;
}

/** No line ends within `e-mail`: a hyphen after a single letter is one at which nothing breaks. */
function unbroken(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}])(\p{L})-(?=\p{L})/gu, '$1\u2011');
}

/** Of a message to an administrator, whose words are those of the console: its values, not to be read as templates. */
function noticeWords(values: MessageValues): MessageWords {
  return {
    subject: '{{noticeSubject}}',
    title: '{{noticeSubject}}',
    text: '{{noticeText}}',
    button: textOf(values, 'noticeButton') ?? '',
    unexpected: '{{noticeUnexpected}}',
  };
}

/** A value shown for copying. `parts` are where a line may break: of a name after its signs, not within its words. */
function detailOf(
  name: Shape['details'][number],
  value: string | undefined,
  label: string,
): { label: string; value: string; parts: string[]; size: string; isCode: boolean }[] {
  if (value === undefined) return [];
  const isCode = name === 'code';
  const shown = isCode ? showCode(value) : name === 'userName' ? oneLine(value) : value;
  const parts =
    name === 'userName' ? (shown.match(/[^@._+-]*[@._+-]*/gu) ?? []).filter((part) => part !== '') : [shown];
  // A password of usual length is on one line of a phone: a break within it looks as if it belonged to it.
  const size = isCode ? '30px' : name === 'userName' ? '16px' : shown.length > 20 ? '15px' : '18px';
  return [{ label, value: shown, parts, size, isCode }];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Mustache's own escaping also writes `/` and `=` as entities, which makes links unreadable in the source. */
function escapeHtml(value: unknown): string {
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
