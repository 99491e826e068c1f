/**
 * The languages that browser tests open each page in: the longest words, the other direction and the widest letters;
 * all twelve with `PAGE_LANGUAGES=all`, as the nightly suite has it.
 */
export const pageLanguages: readonly string[] =
  process.env['PAGE_LANGUAGES'] === 'all'
    ? ['ar', 'de', 'en', 'es', 'fr', 'he', 'it', 'ja', 'nl', 'pl', 'pt', 'zh']
    : ['ar', 'de', 'en', 'ja'];

/** Those that the accessibility checker looks at: what it finds hangs on the direction, hardly on the words. */
export const checkedLanguages: readonly string[] =
  process.env['PAGE_LANGUAGES'] === 'all' ? ['en', 'de', 'ar', 'ja'] : ['en', 'ar'];
