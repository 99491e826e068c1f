import { inlineAssets } from '../page-kit/assets.ts';
import { samplePage, samplePageNames } from '../pages/sample-page.ts';
import { PageRenderer } from '../page-kit/page-renderer.ts';
import type { MessageBook } from '../notify/words/message-book.ts';
import type { Settings } from '../config/settings.ts';
import type { PreviewOptions } from './preview-message.ts';

const prefix = 'pages.';

/** The pages that can be previewed, as a language file names their words: `pages.signIn`. */
export const pageNames: readonly string[] = samplePageNames.map((name) => prefix + name);

/**
 * A hosted page with sample values, as one HTML file that needs no server.
 * @param page one of `pageNames`
 * @param publicUrl what people's browsers know us by
 */
export function previewPage(
  book: MessageBook,
  page: string,
  { locale, application }: PreviewOptions,
  settings: Settings,
  publicUrl: string,
  now: Date,
): string {
  const stationery = new PageRenderer(
    {
      tenant: 'preview',
      settingsOf: () => settings,
      localesFor: (name) => book.wordingFor(name).locales,
      publicUrl,
      // Signs forms that nobody will take.
      signingKeys: () => [Buffer.alloc(32)],
      clock: { now: () => now, newId: () => 'preview' },
    },
    inlineAssets(),
  );
  const reader = stationery.readerOf({ person: undefined, lang: locale, application, accepted: [] });
  return samplePage(stationery, reader, page.slice(prefix.length), now);
}
