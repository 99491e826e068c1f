import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { SealBrokenError, SecretBox } from '../../base/secret-box.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Attribute } from '../../scim/model/schema.ts';
import type { RecordRef } from '../records/record-change.ts';

/** The attribute of a resource that is a secret, by the keys to go through from the top. */
interface SecretAttribute {
  readonly path: string;
  readonly steps: readonly string[];
}

/** The extension whose never returned attributes are wishes, and not secrets: `sendPassword`, `resend`. */
const wishes = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

const prepared = new WeakMap<ResourceType, readonly SecretAttribute[]>();

/**
 * The attributes of a type whose values are secrets: those that are never returned (RFC 7643 §7), in shipped schemas
 * and in the operator's own. Without `password`: no resource is stored with it.
 */
export function secretAttributesOf(type: ResourceType): readonly SecretAttribute[] {
  let found = prepared.get(type);
  if (found === undefined) {
    found = [
      ...secretsAmong(type.schema.attributes, [], '').filter(({ path }) => path !== 'password'),
      ...type.extensions.flatMap(({ schema: { id, attributes } }) =>
        id === wishes ? [] : secretsAmong(attributes, [id], `${id}:`),
      ),
    ];
    prepared.set(type, found);
  }
  return found;
}

/**
 * Keeps the values of secret attributes sealed in stored resources (AES-256-GCM), bound to their record and
 * attribute. A record is opened to be compared with what a caller sends, and sealed before it is stored.
 */
export class SecretAttributes {
  readonly #secrets: SecretBox;

  constructor(secrets: SecretBox) {
    this.#secrets = secrets;
  }

  /** A stored resource in clear. What no key opens stays as it is; the same object where there is nothing to open. */
  open(ref: RecordRef, resource: Resource): Resource {
    return mapped(ref.type, resource, (value, path) => this.#opened(ref, path, value));
  }

  /**
   * A resource as it is to be stored.
   * @param before as it is stored: a value that stays keeps its sealed text, so that nothing seems to have changed
   */
  seal(ref: RecordRef, resource: Resource, before: Resource = {}): Resource {
    if (secretAttributesOf(ref.type).length === 0) return resource;
    const kept = new Map<string, Json>();
    mapped(ref.type, before, (value, path) => {
      const clear = this.#opened(ref, path, value);
      if (isSealed(value)) kept.set(keyOf(path, clear), value);
      return value;
    });
    return mapped(ref.type, resource, (value, path) => kept.get(keyOf(path, value)) ?? this.#sealed(ref, path, value));
  }

  /** A stored resource with all secrets sealed by the newest key; the same object where they are. */
  renew(ref: RecordRef, resource: Resource): Resource {
    return mapped(ref.type, resource, (value, path) => {
      if (isSealed(value) && this.#secrets.isCurrent(value, ref.tenant)) return value;
      const clear = this.#opened(ref, path, value);
      return isSealed(value) && clear === value ? value : this.#sealed(ref, path, clear);
    });
  }

  #sealed({ tenant, id }: RecordRef, path: string, value: Json): string {
    return this.#secrets.seal(JSON.stringify(value), { tenant, id, purpose: purposeOf(path) });
  }

  #opened({ tenant, id }: RecordRef, path: string, value: Json): Json {
    if (!isSealed(value)) return value;
    try {
      return JSON.parse(this.#secrets.open(value, { tenant, id, purpose: purposeOf(path) })) as Json;
    } catch (error) {
      if (error instanceof SealBrokenError) return value;
      throw error;
    }
  }
}

function purposeOf(path: string): string {
  return `attribute ${path}`;
}

function keyOf(path: string, value: Json): string {
  return JSON.stringify([path, value]);
}

function isSealed(value: Json): value is string {
  return typeof value === 'string' && SecretBox.isSealed(value);
}

function secretsAmong(
  attributes: readonly Attribute[],
  steps: readonly string[],
  under: string,
): readonly SecretAttribute[] {
  return attributes.flatMap(({ name, returned, subAttributes = [] }) => {
    const own = { path: under + name, steps: [...steps, name] };
    return returned === 'never' ? [own] : secretsAmong(subAttributes, own.steps, `${own.path}.`);
  });
}

function mapped(type: ResourceType, resource: Resource, change: (value: Json, path: string) => Json): Resource {
  let whole = resource;
  for (const { path, steps } of secretAttributesOf(type))
    whole = changedAt(whole, steps, (value) => change(value, path)) as Resource;
  return whole;
}

/** A value with what is at the end of some steps changed, in each element of lists; the same where nothing is. */
function changedAt(value: Json, steps: readonly string[], change: (value: Json) => Json): Json {
  const [step, ...further] = steps;
  if (step === undefined) return change(value);
  if (Array.isArray(value)) {
    const elements = value.map((element) => changedAt(element, steps, change));
    return elements.every((element, index) => element === value[index]) ? value : elements;
  }
  const inner: Json | undefined = isJsonObject(value) ? value[step] : undefined;
  if (inner === undefined || inner === null) return value;
  const changed = changedAt(inner, further, change);
  return changed === inner ? value : { ...(value as JsonObject), [step]: changed };
}
