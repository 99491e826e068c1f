import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { type ChainEntry, readPart, type SubjectPart } from '../history/chain-entry.ts';
import type { StoredRecord } from '../provisioning/records/resource-store.ts';

/** Attributes whose values name one person; of a list the element's `value`, of an address what it reads as. */
const naming = new Set([
  'userName',
  'externalId',
  'displayName',
  'nickName',
  'profileUrl',
  'name',
  'emails',
  'phoneNumbers',
  'ims',
  'photos',
  'addresses',
  'employeeNumber',
  'notificationEmail',
  'verifiedEmail',
]);

/** Within these, what tells of the sort of a value and not of the person. */
const telling = new Set(['type', 'primary', 'country', 'region', 'locality', 'honorificPrefix', 'honorificSuffix']);

/** Names that others bear too: they are traces of this person alone where nobody else has them. */
const sharedNames = new Set(['givenName', 'familyName', 'middleName', 'nickName']);

const address = /[^\s"<>,;:()[\]]+@[^\s"<>,;:()[\]]+/g;

/** What a person is known by. */
export interface PersonValues {
  /** Values that are theirs alone. */
  readonly own: ReadonlySet<string>;
  /** Single names: theirs alone where nobody else bears them. */
  readonly names: ReadonlySet<string>;
}

/** Collects the values of one person, from as many states of theirs as are known. */
export class ValueCollector implements PersonValues {
  readonly own = new Set<string>();
  readonly names = new Set<string>();

  /** A record, as it is or was. */
  addRecord({ resource, account }: StoredRecord): void {
    this.#addObject(resource);
    // Of an account the addresses and numbers that messages went to.
    for (const text of textsIn((account ?? {}) as object as JsonObject)) {
      if (/^\+\d{6,}$/.test(text)) this.#addOne('phoneNumbers', text);
      else for (const [found] of text.matchAll(address)) this.own.add(found);
    }
  }

  /** An event about the person: their name at that time, and what changed. */
  addEvent(entry: ChainEntry): void {
    const subject = readPart<SubjectPart>(entry.subject);
    if (subject === undefined) return;
    const [name, , changes] = subject;
    if (name !== null) this.own.add(name);
    for (const [path, ...values] of changes) {
      const steps = path.split(/[.:]/);
      if (!steps.some((step) => naming.has(step))) continue;
      for (const value of values) if (value !== null) this.#addText(steps.at(-1) ?? '', value);
    }
  }

  #addObject(object: JsonObject): void {
    for (const [key, value] of Object.entries(object))
      if (key.startsWith('urn:') && isJsonObject(value)) this.#addObject(value);
      else if (naming.has(key)) this.#addValue(key, value);
  }

  #addValue(key: string, value: Json): void {
    if (typeof value === 'string') this.#addOne(key, value);
    else if (Array.isArray(value)) for (const element of value) this.#addValue(key, element);
    else if (isJsonObject(value)) {
      for (const [name, part] of Object.entries(value)) if (!telling.has(name)) this.#addValue(nameOf(key, name), part);
      this.#addWholeName(value);
    }
  }

  /** Given and family name in the orders that people write them. */
  #addWholeName({ givenName, familyName }: JsonObject): void {
    if (typeof givenName !== 'string' || typeof familyName !== 'string') return;
    this.own.add(`${givenName} ${familyName}`);
    this.own.add(`${familyName} ${givenName}`);
    this.own.add(`${familyName}, ${givenName}`);
  }

  #addOne(key: string, value: string): void {
    if (value === '' || telling.has(key)) return;
    if (sharedNames.has(key)) this.names.add(value);
    else this.own.add(value);
    const digits = value.replaceAll(/[\s().\-/]/g, '');
    if (/^\+?\d{6,}$/.test(digits)) for (const form of [digits, digits.replace('+', '')]) this.own.add(form);
  }

  /** A value of the audit: a text, or JSON that may have been cut short. */
  #addText(key: string, text: string): void {
    if (!/^[[{]/.test(text)) return this.#addOne(key, text);
    try {
      this.#addValue(key, JSON.parse(text) as Json);
    } catch {
      for (const [found] of text.matchAll(address)) this.own.add(found);
    }
  }
}

/** Of lists `value` is the list's; the parts of a name keep their own. */
function nameOf(list: string, part: string): string {
  return part === 'value' ? list : part;
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
