import { isJsonObject } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import type { ResolvedAttribute, ResourceType } from '../model/resource-type.ts';
import type { Resource } from '../model/resource.ts';
import type { Attribute, Schema } from '../model/schema.ts';
import { InvalidValueError, MutabilityError } from '../model/scim-error.ts';

/**
 * Sees to it that a PATCH leaves what is required (RFC 7643 §7, RFC 7644 §3.5.2.2). It looks only at what the
 * operations touched: a resource from before a schema became stricter can still be deactivated.
 */
export class RequiredCheck {
  readonly #type: ResourceType;
  readonly #touched = new Map<Attribute, { readonly resolved: ResolvedAttribute; readonly index: number }>();

  constructor(type: ResourceType) {
    this.#type = type;
  }

  /** Notes that an operation changed an attribute. */
  touch(resolved: ResolvedAttribute, index: number): void {
    this.#touched.set(resolved.attribute, { resolved, index });
  }

  /**
   * To be asked after each operation: what it took away may not be required, though a later one set it again.
   * @throws MutabilityError
   */
  checkRemoved(operation: number, before: Resource, after: Resource): void {
    for (const {
      resolved: { attribute, extension, schema },
      index,
    } of this.#touched.values()) {
      if (index !== operation) continue;
      const [had, has] = [before, after].map((resource) => (extension ? resource[schema.id] : resource));
      if (isJsonObject(had) && !isJsonObject(has)) this.#checkExtension(schema);
      else if (
        attribute.required
        && isJsonObject(had)
        && isJsonObject(has)
        && had[attribute.name] !== undefined
        && has[attribute.name] === undefined
      )
        throw isGone(attribute);
    }
  }

  /**
   * To be asked when all operations are done.
   * @param located runs a step and names the operation in what it throws
   * @throws MutabilityError when a required attribute is missing; InvalidValueError when it is empty, when an element
   *   lacks a required sub-attribute, or
   *   an extension that came to be lacks an attribute
   */
  check(before: Resource, after: Resource, located: (index: number, step: () => void) => void): void {
    for (const { resolved, index } of this.#touched.values()) {
      located(index, () => {
        const { attribute, extension, schema } = resolved;
        if (!extension) {
          checkAttribute(attribute, after[attribute.name]);
          return;
        }
        const container = after[schema.id];
        if (isJsonObject(container)) {
          checkAttribute(attribute, container[attribute.name]);
          if (before[schema.id] === undefined)
            for (const one of schema.attributes) checkAttribute(one, container[one.name]);
        } else {
          this.#checkExtension(schema);
        }
      });
    }
  }

  /** @throws MutabilityError when the extension may not be absent */
  #checkExtension(absent: Schema): void {
    if (this.#type.extensions.some(({ schema, required }) => schema === absent && required))
      throw new MutabilityError(`"${absent.id}" is required and cannot be removed.`);
  }
}

function isGone({ name }: Attribute): MutabilityError {
  return new MutabilityError(`"${name}" is required and cannot be removed.`);
}

function checkAttribute(attribute: Attribute, value: Json | undefined): void {
  if (attribute.required && value === undefined) throw isGone(attribute);
  if (attribute.required && value === '')
    throw new InvalidValueError(`"${attribute.name}" is required and cannot be empty.`);
  const required = (attribute.subAttributes ?? []).filter((one) => one.required);
  if (required.length === 0 || value === undefined) return;
  for (const element of Array.isArray(value) ? value : [value]) {
    const missing = required.find(
      (one) => isJsonObject(element) && (element[one.name] === undefined || element[one.name] === ''),
    );
    if (missing !== undefined) throw new InvalidValueError(`"${attribute.name}" needs its "${missing.name}".`);
  }
}
