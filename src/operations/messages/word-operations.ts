import { demandsOf, faultOfText, pathsBelow, textAt } from '../../notify/words/own-words.ts';
import type { Settings } from '../../config/settings.ts';
import type { MessageBook } from '../../notify/words/message-book.ts';
import type { WholeMessage } from '../../notify/words/write-message.ts';
import type { Locale } from '../../text/locales.ts';
import { InvalidValueError, NotFoundError } from '../../scim/model/scim-error.ts';
import type { TenantChanges } from '../../tenancy/tenant-changes.ts';
import type { Tenants } from '../../tenancy/tenants.ts';
import { operation, type Operation } from '../operation.ts';
import type { SampleOptions } from './message-operations.ts';

/** One text of a message or page. */
export interface WordsText {
  /** As in a language file: `mail.messages.invitation.subject`. */
  readonly path: string;
  /** What is in force. */
  readonly text: string;
  /** What is in force without a text of one's own. */
  readonly standard: string;
  readonly own: boolean;
  /** What it must show: `{{code}} {{userName}}`; '' for nothing. */
  readonly placeholders: string;
  /** It may leave some of them out. */
  readonly mayOmit: boolean;
  /** All messages say it, not this one alone. */
  readonly shared: boolean;
}

/** The texts of a message or page in one language. */
export interface WordsView {
  readonly name: string;
  readonly language: string;
  readonly channel?: 'email' | 'sms';
  readonly texts: readonly WordsText[];
}

type Texts = Readonly<Record<string, string | null>>;
type Tried = { readonly language?: string; readonly channel?: 'email' | 'sms'; readonly texts: Texts };
type Asked = { readonly language?: string; readonly channel: 'email' | 'sms' };

/** What the operations work with. */
export interface WordOperationsParts {
  readonly tenants: Pick<Tenants, 'of' | 'wordsOf'>;
  readonly changes: Pick<TenantChanges, 'changeWords'>;
  readonly messages: readonly { readonly name: string; readonly channels: readonly ('email' | 'sms')[] }[];
  readonly pages: readonly string[];
  /** A message with sample values, in the words of a book. */
  readonly sample: (
    book: MessageBook,
    tenant: string,
    name: string,
    options: SampleOptions,
    settings?: Settings,
  ) => WholeMessage;
  /** A page with sample values, as one HTML file. */
  readonly samplePage: (
    book: MessageBook,
    tenant: string,
    name: string,
    options: SampleOptions,
    settings?: Settings,
  ) => string;
}

/** What all mails say in the same words. */
const mailShared = [
  ...['greeting', 'greetingNameless', 'userName', 'password', 'code', 'mustChange', 'expires', 'linkHint', 'help'],
  ...['footer', 'footerReplies'],
].map((name) => `mail.${name}`);
const smsShared = ['sms.expires', 'sms.page'];

/** The texts of messages and pages, to be read and to be put in a tenant's own words. */
export function wordOperations(parts: WordOperationsParts): Readonly<Record<string, Operation>> {
  const { tenants, changes } = parts;
  const standardOf = (tenant: string, language: string): Locale => standardLocale(tenants, tenant, language);
  return {
    getMessageWords: operation<unknown, Asked>(({ actor: { tenant }, params, query: { language, channel } }) => {
      const name = params['name'] ?? '';
      const spoken = language ?? tenants.of(tenant).settings.locale;
      const standard = standardOf(tenant, spoken);
      const own = tenants.wordsOf(tenant).own[tagOf(spoken)] ?? {};
      const { paths, shared } = pathsOf(parts, name, channel, standard);
      const texts = [...paths, ...shared].flatMap((path): readonly WordsText[] => {
        const usual = textAt(standard, path);
        if (usual === undefined) return [];
        const mine = own[path];
        const isOwn = mine !== undefined && faultOfText(path, mine, usual) === undefined;
        const text = isOwn ? mine : usual;
        return [{ path, text, standard: usual, own: isOwn, ...demandsOf(path, usual), shared: shared.includes(path) }];
      });
      const view: WordsView = {
        name,
        language: standard.language,
        ...(name.startsWith('pages.') ? {} : { channel }),
        texts,
      };
      return { body: view };
    }),
    previewMessageWords: operation<Tried>(({ actor: { tenant }, params, body }) => {
      const { language = tenants.of(tenant).settings.locale, channel = 'email', texts } = body;
      const name = params['name'] ?? '';
      const standard = standardOf(tenant, language);
      pathsOf(parts, name, channel, standard);
      const book = bookWith(tenants, tenant, tagOf(language), checkedTexts(standard, texts));
      const options = { locale: standard.language, sms: channel === 'sms' };
      const shown = name.startsWith('pages.')
        ? { html: parts.samplePage(book, tenant, name, options) }
        : parts.sample(book, tenant, name, options);
      return { body: { name, ...shown, language: standard.language } };
    }),
    changeMessageWords: operation<{ readonly language: string; readonly texts: Texts }>(
      async ({ actor: { tenant }, body: { language, texts } }) => {
        const standard = standardOf(tenant, language);
        await changes.changeWords(tenant, tagOf(language), checkedTexts(standard, texts));
        const own = tenants.wordsOf(tenant).own[tagOf(language)] ?? {};
        return { body: { language: standard.language, texts: own } };
      },
    ),
  };
}

/** The words of a language without a tenant's own. @throws InvalidValueError where there are none */
function standardLocale(tenants: Pick<Tenants, 'wordsOf'>, tenant: string, language: string): Locale {
  const { locales } = tenants.wordsOf(tenant).standard.wordingFor(undefined);
  const found = locales.get(tagOf(language));
  if (found === undefined)
    throw new InvalidValueError(`language: there are no texts in this language. ${[...locales.keys()].join(', ')}.`);
  return found;
}

/** A tenant's words with texts that are tried out. */
function bookWith(tenants: WordOperationsParts['tenants'], tenant: string, tag: string, texts: Texts): MessageBook {
  const { own, standard } = tenants.wordsOf(tenant);
  const tried = Object.entries({ ...own[tag], ...texts }).flatMap(([path, text]) =>
    text === null ? [] : [[path, text] as const],
  );
  return standard.with({ ...own, [tag]: Object.fromEntries(tried) });
}

/** A text that is the standard one is none of one's own. @throws InvalidValueError naming each that cannot be used */
function checkedTexts(standard: Locale, texts: Texts): Texts {
  const faults: string[] = [];
  const checked = Object.entries(texts).map(([path, text]) => {
    const usual = textAt(standard, path);
    const fault =
      usual === undefined
        ? 'is not a text of this language: GET /admin/v1/messages/{name}/words lists them'
        : text === null
          ? undefined
          : faultOfText(path, text, usual);
    if (fault !== undefined) faults.push(`${path.slice(0, 100)} ${fault}.`);
    return [path, text === usual ? null : text] as const;
  });
  if (faults.length > 0) throw new InvalidValueError(faults.join(' '));
  return Object.fromEntries(checked);
}

/** The texts of its own that a message or page has, and those it has in common with others. */
function pathsOf(
  { messages, pages }: WordOperationsParts,
  name: string,
  channel: 'email' | 'sms',
  standard: Locale,
): { readonly paths: readonly string[]; readonly shared: readonly string[] } {
  const page = name.startsWith('pages.') ? name.slice('pages.'.length) : undefined;
  if (page !== undefined && pages.includes(page)) return { paths: pathsBelow(standard, name), shared: [] };
  const message = messages.find((one) => one.name === name);
  if (message === undefined) throw new NotFoundError(`There is no message or page "${name.slice(0, 100)}".`);
  if (!message.channels.includes(channel))
    throw new InvalidValueError(`channel: the message ${name} goes by ${message.channels.join(' and ')}.`);
  if (channel === 'email') return { paths: pathsBelow(standard, `mail.messages.${name}`), shared: mailShared };
  // A reminder by text message says again what it reminds of.
  return { paths: [`sms.messages.${name === 'reminder' ? 'invitationCode' : name}`], shared: smsShared };
}

function tagOf(language: string): string {
  return language.toLowerCase();
}
