import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { type FileFault, formatFaults, JsonFile, shippedSchema } from '../../base/json-file.ts';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { type Locale, type Locales, pickLocale, placeholdersIn } from '../../text/locales.ts';
import { checkLayout } from './check-layout.ts';
import { MessageBook, type Wording } from './message-book.ts';
import type { MailTemplates } from './render-mail.ts';

/** Thrown when a folder of templates cannot be used: every fault with its file and line. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const layoutFiles: Readonly<Record<string, keyof MailTemplates>> = {
  'mail.html.mustache': 'html',
  'mail.txt.mustache': 'text',
};
const localeFile = /^([a-z]{2,3}(?:-[A-Za-z0-9]+)*)\.json$/;

/**
 * Reads a tenant's own wording, laid over the shipped one: `<language>.json` with some of the texts of `mail`, `sms`
 * and `pages`, `mail.html.mustache` and `mail.txt.mustache`, and a folder of the same kind for each application that
 * has a wording of its own, named as its users' `application`. A regional language (`de-AT.json`) builds on the one
 * it belongs to.
 * @param shipped the wording to build on, and `localeSchema`, the JSON Schema of its files
 * @param folder undefined: the shipped wording alone
 * @throws TemplateError listing every fault of every file
 */
export function loadMessageBook(
  shipped: Wording & { readonly localeSchema: JsonObject },
  folder: string | undefined,
): MessageBook {
  if (folder === undefined) return new MessageBook(shipped);
  const faults: FileFault[] = [];
  const reader = new FolderReader(partialSchema(shipped.localeSchema, pickLocale([], shipped.locales).pages), faults);
  const own = reader.read(folder, shipped);
  const applications = new Map(reader.foldersIn(folder).map((name) => [name, reader.read(join(folder, name), own)]));
  if (faults.length > 0) throw new TemplateError(formatFaults(faults));
  return new MessageBook(own, applications);
}

/** Reads folders of overrides and collects what is wrong with them. */
class FolderReader {
  readonly #matches: ValidateFunction;
  readonly #faults: FileFault[];

  constructor(schema: JsonObject, faults: FileFault[]) {
    this.#matches = new Ajv({ ...shippedSchema, allErrors: true }).compile(schema);
    this.#faults = faults;
  }

  foldersIn(folder: string): string[] {
    return this.#entries(folder)
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  }

  read(folder: string, base: Wording): Wording {
    const locales = new Map(base.locales);
    const layouts = { ...base.layouts };
    for (const { name } of this.#entries(folder).filter((entry) => entry.isFile())) {
      const path = join(folder, name);
      const layout = layoutFiles[name];
      if (layout !== undefined) layouts[layout] = this.#layout(path, layout);
      else if (localeFile.test(name)) this.#locale(path, locales);
      else
        this.#fault(
          path,
          `is neither ${Object.keys(layoutFiles).join(' nor ')} nor the words of a language, such as de.json`,
        );
    }
    return { locales, layouts };
  }

  #entries(folder: string) {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter(({ name }) => !name.startsWith('.'))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
    } catch (cause) {
      this.#fault(folder, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
      return [];
    }
  }

  #layout(path: string, kind: keyof MailTemplates): string {
    const text = readFileSync(path, 'utf8');
    this.#faults.push(...checkLayout(path, text, kind));
    return text;
  }

  #locale(path: string, locales: Map<string, Locale>): void {
    const file = new JsonFile(path);
    this.#faults.push(...file.faults);
    if (file.value === undefined) return;
    if (!this.#matches(file.value)) {
      this.#faults.push(...file.schemaFaults(this.#matches.errors));
      return;
    }
    const language = basename(path, '.json');
    const base = baseOf(language, locales);
    if (base === undefined) {
      this.#fault(path, `there are no words to build on: no shipped language is '${language}' or what it belongs to`);
      return;
    }
    const words = file.value as JsonObject;
    const { mail, sms, pages } = base;
    this.#faults.push(...strayPlaceholders(file, words, { mail, sms, pages }));
    locales.set(language.toLowerCase(), {
      ...base,
      language,
      mail: merged(mail, words['mail']),
      sms: merged(sms, words['sms']),
      pages: merged(pages, words['pages']),
    });
  }

  #fault(file: string, message: string): void {
    this.#faults.push({ file, line: 1, pointer: '', message });
  }
}

/** The locale a file builds on: its own, or the language a regional one belongs to. */
function baseOf(language: string, locales: Locales): Locale | undefined {
  const parts = language.toLowerCase().split('-');
  for (let length = parts.length; length > 0; length -= 1) {
    const found = locales.get(parts.slice(0, length).join('-'));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * A text must use the same values as the text it replaces, so that it cannot lose a code or a date. A subject or a
 * title may omit them.
 */
function strayPlaceholders(file: JsonFile, words: Json | undefined, base: object, pointer = ''): FileFault[] {
  if (!isJsonObject(words)) return [];
  return Object.entries(words).flatMap(([key, value]) => {
    const shipped = (base as Readonly<Record<string, unknown>>)[key];
    const at = `${pointer}/${key}`;
    if (typeof value === 'string' && typeof shipped === 'string') {
      const wanted = placeholdersIn(shipped);
      const may = key === 'subject' || key === 'title' ? wanted.split(' ') : [];
      return placeholdersIn(value) === wanted || isAmong(placeholdersIn(value), may)
        ? []
        : [file.fault(at, `must use ${wanted || 'no placeholder'}`)];
    }
    return typeof shipped === 'object' && shipped !== null ? strayPlaceholders(file, value, shipped, at) : [];
  });
}

function isAmong(placeholders: string, allowed: readonly string[]): boolean {
  return allowed.length > 0 && placeholders.split(' ').every((one) => one === '' || allowed.includes(one));
}

function merged<Words extends object>(base: Words, over: Json | undefined): Words {
  if (!isJsonObject(over)) return base;
  const entries = Object.entries(base).map(([key, value]: [string, unknown]) => {
    const own = over[key];
    return [key, typeof value === 'object' && value !== null ? merged(value, own) : (own ?? value)] as const;
  });
  return Object.fromEntries(entries) as Words;
}

/**
 * The schema of a whole locale, for a file that holds some of its words; of pages, those that there are in the
 * shipped English.
 */
function partialSchema({ definitions, properties }: JsonObject, pages: JsonObject): JsonObject {
  const { mail, sms } = isJsonObject(properties) ? properties : {};
  return withoutRequired({
    definitions: definitions ?? {},
    type: 'object',
    additionalProperties: false,
    properties: { mail: mail ?? {}, sms: sms ?? {}, pages: schemaLike(pages) },
  }) as JsonObject;
}

/** The schema of texts with these names. */
function schemaLike(texts: Json): JsonObject {
  if (!isJsonObject(texts)) return { $ref: '#/definitions/text' };
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, schemaLike(text)])),
  };
}

function withoutRequired(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutRequired);
  if (!isJsonObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => key !== 'required' || !Array.isArray(value))
      .map(([key, value]) => [key, withoutRequired(value)]),
  );
}
