import { isJsonObject, type Json } from '../../base/json.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { latchkeyUrn } from '../../provisioning/user/latchkey-extension.ts';

/** One attribute of a person with its value as text. */
export interface ProfileLine {
  /** The attribute's path in SCIM. */
  readonly path: string;
  readonly value: string;
}

const most = 200;
const hidden: readonly string[] = ['schemas', 'id', 'meta', 'password', 'groups', latchkeyUrn];

/**
 * A person's attributes as lines, those of extensions by their URN; what belongs to the first key is told elsewhere.
 */
export function profileOf(resource: Resource): readonly ProfileLine[] {
  const lines: ProfileLine[] = [];
  for (const [name, value] of Object.entries(resource)) {
    if (hidden.includes(name)) continue;
    if (name.includes(':') && isJsonObject(value))
      for (const [own, inner] of Object.entries(value)) addLines(lines, `${name}:${own}`, inner);
    else addLines(lines, name, value);
  }
  return lines.slice(0, most);
}

function addLines(lines: ProfileLine[], path: string, value: Json | undefined): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value) {
      if (!isJsonObject(element)) addLines(lines, path, element);
      else if (typeof element['value'] === 'string')
        lines.push({ path: typed(path, element['type']), value: element['value'] });
      else addLines(lines, typed(path, element['type']), partsOf(element));
    }
    return;
  }
  if (isJsonObject(value)) {
    for (const [name, inner] of Object.entries(value)) addLines(lines, `${path}.${name}`, inner);
    return;
  }
  lines.push({ path, value: String(value) });
}

function typed(path: string, type: Json | undefined): string {
  return typeof type === 'string' ? `${path}[type eq ${JSON.stringify(type)}]` : path;
}

/** An address and the like, as one text. */
function partsOf(element: { readonly [name: string]: Json | undefined }): string {
  const { type, primary, formatted, ...parts } = element;
  void type;
  void primary;
  if (typeof formatted === 'string') return formatted;
  return Object.values(parts)
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .join(', ');
}
