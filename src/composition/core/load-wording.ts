import { join } from 'node:path';
import { JsonFile } from '../../base/json-file.ts';
import { isJsonObject } from '../../base/json.ts';
import { loadLocales } from '../../text/locales.ts';
import { loadMessageBook } from '../../notify/words/load-message-book.ts';
import type { MessageBook } from '../../notify/words/message-book.ts';
import { loadMailTemplates } from '../../notify/words/render-mail.ts';
import { packageRoot } from '../../base/package-root.ts';

/**
 * Reads the words of pages and messages as shipped, and over them the tenant's own.
 * @param templatesFolder as `LATCHKEY_TEMPLATES` names it
 * @throws LocaleError, TemplateError listing every fault
 */
export function loadWording(templatesFolder: string | undefined): MessageBook {
  const folder = join(packageRoot, 'locales');
  const locales = loadLocales(folder);
  const schema = new JsonFile(join(folder, 'locale.schema.json')).value;
  const shipped = {
    locales,
    layouts: loadMailTemplates(join(packageRoot, 'templates')),
    localeSchema: isJsonObject(schema) ? schema : {},
  };
  return loadMessageBook(shipped, templatesFolder);
}
