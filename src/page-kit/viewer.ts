import { dateFormat, type DateShape } from '../text/date-format.ts';
import { type HexColor, isHexColor } from '../text/color-contrast.ts';
import { relativeTime } from '../text/relative-time.ts';
import { pickLocale, type Locales } from '../text/locales.ts';
import type { Person } from '../provisioning/user/person.ts';
import type { Settings } from '../config/settings.ts';
import { html, type Html } from './html.ts';
import type { PageWords } from './page-words.ts';

const dateShape: DateShape = {
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
};

/** The reader of a page: language, clock, and the product's name. */
export interface Viewer {
  /** BCP 47 tag of the translation, for the `lang` attribute. */
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly words: PageWords;
  readonly product: string;
  /** The tenant's logo, an https URL, in place of the product's mark. */
  readonly logoUrl: string | undefined;
  readonly brandColor: HexColor | undefined;
  /** The application whose words these are, where it has words of its own: links carry it. */
  readonly application: string | undefined;
  /** Whether links must carry the language, because the browser alone would not ask for it. */
  readonly keepsLang: boolean;
  /** How long it is until an instant (ISO 8601), in the reader's language: "in 15 minutes". */
  when(iso: string): string;
  /** An instant (ISO 8601) as a `<time>` element in the reader's language and time zone. */
  date(iso: string): Html;
}

/** What is known of the person a page is written for. */
export interface Visitor {
  readonly person: Person | undefined;
  /** A tag from the page's own links. */
  readonly lang: string | undefined;
  /** From the page's own links, and those of messages. */
  readonly application: string | undefined;
  /** The browser's wishes as `languageWishes` gives them: the dearest first, few and short. */
  readonly accepted: readonly string[];
}

/**
 * Finds the language: of the user's record, the link, the browser, the tenant, else English; and the time zone: the
 * user's, else the tenant's.
 */
export function readerFor(
  locales: Locales,
  words: ReadonlyMap<string, PageWords>,
  { person, lang, application, accepted }: Visitor,
  settings: Settings,
  now: Date,
): Viewer {
  const known = [...(person?.locales ?? []), ...(lang === undefined ? [] : [lang])];
  const wishes = [...known, ...accepted, settings.locale];
  const locale = pickLocale(wishes, locales);
  const own = words.get(locale.language);
  if (own === undefined) throw new Error(`There are no page words in '${locale.language}'.`);
  const language = parseTag(locale.language)?.language;
  const region = wishes.map(parseTag).find((tag) => tag?.language === language);
  return {
    lang: locale.language,
    dir: locale.direction,
    words: own,
    product: settings.productName,
    logoUrl: settings.brand.logoUrl ?? undefined,
    brandColor: isHexColor(settings.brand.color) ? settings.brand.color : undefined,
    application,
    keepsLang: known.length > 0,
    when: (iso) => relativeTime(locale.language, Date.parse(iso) - now.getTime(), own.moments.aboutAMinute),
    date: (iso) => {
      const format = dateFormat(region?.baseName ?? locale.language, dateShape, person?.timezone, settings.timezone);
      return html`<time datetime="${iso}">${format.format(new Date(iso))}</time>`;
    },
  };
}

function parseTag(wish: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(wish.trim().replaceAll('_', '-'));
  } catch {
    return undefined;
  }
}
