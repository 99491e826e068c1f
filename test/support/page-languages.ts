const isAll = process.env['PAGE_LANGUAGES'] === 'all';

/**
 * The languages that browser tests open each page in: the longest words and the other direction; all twelve with
 * `PAGE_LANGUAGES=all`, as the nightly suite has it.
 */
export const pageLanguages: readonly string[] = isAll
  ? ['ar', 'de', 'en', 'es', 'fr', 'he', 'it', 'ja', 'nl', 'pl', 'pt', 'zh']
  : ['ar', 'de'];

/**
 * Those that the accessibility checker looks at in these colours: what it finds hangs on direction and colours, hardly
 * on the words.
 */
export function checkedLanguages(colours: 'light' | 'dark'): readonly string[] {
  if (isAll) return ['en', 'de', 'ar', 'ja'];
  return colours === 'light' ? ['de'] : ['ar'];
}
