import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { parsePath } from '../filter/path.ts';
import { resolvePath } from '../model/attribute-path.ts';
import type { ResolvedAttribute, ResourceType } from '../model/resource-type.ts';
import type { PatchOperation } from '../patch/patch-op.ts';

/**
 * What the operations of a PATCH send, in the shape of a resource. A path that cannot be read sends nothing.
 * @param operations with the names of our own attributes in them
 */
export function sentByPatch(type: ResourceType, operations: readonly PatchOperation[]): JsonObject {
  const sent: JsonObject = {};
  for (const { op, path, value } of operations) {
    if (op === 'remove' || value === undefined) continue;
    if (path !== undefined) put(type, sent, path, value);
    else if (isJsonObject(value)) for (const [name, part] of Object.entries(value)) put(type, sent, name, part);
  }
  return sent;
}

function put(type: ResourceType, sent: JsonObject, path: string, value: Json): void {
  const schema = type.schemaOf(path);
  if (schema !== undefined) {
    if (isJsonObject(value))
      for (const [name, part] of Object.entries(value)) put(type, sent, `${schema.id}:${name}`, part);
    return;
  }
  const resolved = targetOf(type, path);
  if (resolved === undefined) return;
  const { attribute, subAttribute, extension } = resolved;
  const holder = extension ? objectIn(sent, resolved.schema.id) : sent;
  const part = subAttribute === undefined ? value : { [subAttribute.name]: value };
  const before = holder[attribute.name];
  if (attribute.multiValued) holder[attribute.name] = [...listOf(before), ...listOf(part)];
  else holder[attribute.name] = isJsonObject(before) && isJsonObject(part) ? { ...before, ...part } : part;
}

function targetOf(type: ResourceType, text: string): ResolvedAttribute | undefined {
  try {
    const { path, subAttribute } = parsePath(text);
    return resolvePath(type, subAttribute === undefined ? path : { ...path, subAttribute });
  } catch {
    return undefined;
  }
}

function objectIn(holder: JsonObject, name: string): JsonObject {
  const found = holder[name];
  if (isJsonObject(found)) return found;
  const made: JsonObject = {};
  holder[name] = made;
  return made;
}

function listOf(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
