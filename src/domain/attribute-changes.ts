import { equalJson, isJsonObject, type Json, type JsonObject } from '../base/json.ts';

/** What became of one attribute. Both values are absent where the attribute is a secret. */
export interface AttributeChange {
  /** As SCIM writes it: `name.familyName`, `urn:…:User:department`. */
  readonly path: string;
  /** A text as it is, anything else as JSON, shortened where it is long; absent where there was no value. */
  readonly before?: string;
  readonly after?: string;
}

/** Characters of a value, and changes, that are kept at most. */
const longest = 400;
const most = 100;

/**
 * What changed from one object to another, attribute by attribute; values that are objects are looked into, lists are
 * taken whole.
 * @param before undefined: there was none
 * @param after undefined: there is none any more
 * @param isHidden of which paths the values are not told
 */
export function attributeChanges(
  before: JsonObject | undefined,
  after: JsonObject | undefined,
  isHidden: (path: string) => boolean,
): AttributeChange[] {
  const changes: AttributeChange[] = [];
  compare('', '', before ?? {}, after ?? {}, isHidden, changes);
  if (changes.length <= most) return changes;
  return [...changes.slice(0, most), { path: `and ${changes.length - most} more` }];
}

/** @param under the path of the object, and `joint` the text between it and its attributes */
function compare(
  under: string,
  joint: '' | '.' | ':',
  before: JsonObject,
  after: JsonObject,
  isHidden: (path: string) => boolean,
  changes: AttributeChange[],
): void {
  for (const name of namesIn(before, after)) {
    const was = before[name] ?? undefined;
    const is = after[name] ?? undefined;
    if (was === is || (was !== undefined && is !== undefined && equalJson(was, is))) continue;
    const path = `${under}${joint}${name}`;
    if (isHidden(path)) changes.push({ path });
    else if (isObjectOrAbsent(was) && isObjectOrAbsent(is))
      compare(path, under === '' && name.startsWith('urn:') ? ':' : '.', was ?? {}, is ?? {}, isHidden, changes);
    else changes.push({ path, ...told('before', was), ...told('after', is) });
  }
}

function namesIn(before: JsonObject, after: JsonObject): Iterable<string> {
  const [had, has] = [Object.keys(before), Object.keys(after)];
  return had.length === 0 ? has : new Set([...had, ...has]);
}

function isObjectOrAbsent(value: Json | undefined): value is JsonObject | undefined {
  return value === undefined || isJsonObject(value);
}

function told(side: 'before' | 'after', value: Json | undefined): Partial<AttributeChange> {
  if (value === undefined) return {};
  return { [side]: shortened(typeof value === 'string' ? value : JSON.stringify(value)) };
}

/** A text of any length, as the audit keeps it. */
export function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}
