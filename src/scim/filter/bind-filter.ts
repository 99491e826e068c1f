import { formatAttributePath, resolvePath, schemaAt } from '../model/attribute-path.ts';
import { bindLiteral } from './bind-literal.ts';
import { bindMetaComparison } from './bind-meta.ts';
import { allOf, anyOf, everything, negationOf, nothing } from '../search/condition-algebra.ts';
import type { Condition } from '../search/condition.ts';
import type { Comparison, Filter } from './filter.ts';
import type { AttributePath, ResolvedAttribute, ResourceType } from '../model/resource-type.ts';
import { InvalidFilterError } from '../model/scim-error.ts';
import { inside, type Place, placeOf, readable, refersByValue, refuseSecret, valueOf, valueTarget } from './place.ts';

/**
 * Gives a filter its meaning for a resource type (RFC 7644 §3.4.2.2; docs/decisions/0003): resolves every path,
 * normalises every literal, expands every shorthand. A complex attribute compares its `value`; `eq null` is `not (…
 * pr)`, `ne null` is `pr`.
 * @param searchedWith the types that are searched together with this one: an attribute that only another of them has
 *   counts as
 *   unassigned here (§3.4.2.1)
 * @throws InvalidFilterError naming the attribute that is unknown, never returned, or cannot be compared so
 */
export function bindFilter(type: ResourceType, filter: Filter, searchedWith: readonly ResourceType[] = []): Condition {
  return bind(filter, new ResourceScope(type, searchedWith));
}

/**
 * Gives the filter of a value path its meaning for the elements of a multi-valued attribute; targets start at the
 * element. The elements of a simple attribute are `{value}`.
 * @throws InvalidFilterError as `bindFilter` does
 */
export function bindElementFilter(type: ResourceType, resolved: ResolvedAttribute, filter: Filter): Condition {
  return bind(filter, new ElementScope(type, { ...placeOf(resolved, resolved.attribute.name), target: [] }));
}

/** How a filter resolves its paths: at the top of a resource, or inside an element of one of its attributes. */
interface Scope {
  readonly type: ResourceType;
  /** Undefined when the attribute counts as unassigned. */
  locate(path: AttributePath): Place | undefined;
  /** For paths that name a whole schema. */
  presence(path: AttributePath): Condition | undefined;
}

function bind(filter: Filter, scope: Scope): Condition {
  switch (filter.kind) {
    case 'and':
      return allOf(filter.filters.map((one) => bind(one, scope)));
    case 'or':
      return anyOf(filter.filters.map((one) => bind(one, scope)));
    case 'not':
      return negationOf(bind(filter.filter, scope));
    case 'present':
      return bindPresence(filter.path, scope);
    case 'compare':
      return bindComparison(filter, scope);
    case 'element':
      return bindElement(filter.path, filter.filter, scope);
  }
}

function bindPresence(path: AttributePath, scope: Scope): Condition {
  const whole = scope.presence(path);
  if (whole !== undefined) return whole;
  const place = scope.locate(path);
  return place === undefined ? nothing : presenceOf(place);
}

function presenceOf(place: Place): Condition {
  const { attribute, target, relation, isMeta } = place;
  // Every resource has all of it (RFC 7643 §3.1).
  if (isMeta) return everything;
  if (attribute.type === 'complex') {
    // An element of a relation is nothing without its value.
    const parts = relation === undefined ? readable(attribute).map((one) => inside(place, one)) : [valueOf(place)];
    return anyOf(parts.map(presenceOf));
  }
  const condition: Condition = { kind: 'present', target: refersByValue(place) ? valueTarget : target };
  return relation === undefined ? condition : { kind: 'related', relation, condition };
}

function bindComparison(comparison: Comparison, scope: Scope): Condition {
  const { operator, value, path } = comparison;
  const place = scope.locate(path);
  if (value === null) {
    const name = place?.name ?? formatAttributePath(path);
    if (operator !== 'eq' && operator !== 'ne')
      throw new InvalidFilterError(`${name} can be compared with null only by eq and ne.`);
    const present = bindPresence(path, scope);
    return operator === 'eq' ? negationOf(present) : present;
  }
  if (place === undefined) return operator === 'ne' ? everything : nothing;
  const leaf = place.attribute.type === 'complex' ? valueOf(place) : place;
  if (leaf.isMeta) return bindMetaComparison(scope.type, leaf.attribute, leaf.target, comparison);
  if (refersByValue(leaf)) return compareReference(leaf, comparison);
  return compare(leaf, comparison);
}

function compare(place: Place, comparison: Comparison): Condition {
  const { attribute, name, target, relation } = place;
  const { operator } = comparison;
  const condition: Condition = { kind: 'compare', target, operator, value: bindLiteral(attribute, name, comparison) };
  if (relation === undefined) return condition;
  if (operator !== 'ne') return { kind: 'related', relation, condition };
  // Over several values `ne` asks for one that differs, or for none at all; an element without this sub-attribute is
  // no value.
  const hasValue: Condition = { kind: 'compare', target, operator: 'ge', value: '' };
  return anyOf([
    { kind: 'related', relation, condition: allOf([hasValue, condition]) },
    negationOf({ kind: 'related', relation, condition: hasValue }),
  ]);
}

/** The `$ref` of a relation's element is made for each answer, so it is compared by the id it ends with. */
function compareReference(place: Place, { operator, text, ...rest }: Comparison): Condition {
  if (operator !== 'eq' && operator !== 'ne')
    throw new InvalidFilterError(`${place.name} can be compared only by eq, ne and pr.`);
  const id = text.slice(text.lastIndexOf('/') + 1);
  return compare({ ...place, target: valueTarget }, { ...rest, operator, value: id, text: id });
}

function bindElement(path: AttributePath, filter: Filter, scope: Scope): Condition {
  const place = scope.locate(path);
  if (place === undefined) return nothing;
  const { attribute, target, relation, name } = place;
  if (attribute.type !== 'complex')
    throw new InvalidFilterError(`${name} has no sub-attributes, so no brackets can follow it.`);
  if (relation !== undefined) {
    return {
      kind: 'related',
      relation,
      condition: bind(filter, new ElementScope(scope.type, { ...place, target: [] })),
    };
  }
  if (attribute.multiValued) {
    const condition = bind(filter, new ElementScope(scope.type, { ...place, target: [] }));
    return condition.kind === 'always' && !condition.value ? nothing : { kind: 'element', target, condition };
  }
  // A single complex value is its own only element.
  return allOf([assignmentOf(place), bind(filter, new ElementScope(scope.type, place))]);
}

/** Whether a single complex value is there at all, be it with nothing but empty texts, which `pr` would not count. */
function assignmentOf(place: Place): Condition {
  if (place.isMeta) return everything;
  return anyOf(
    readable(place.attribute).map((one): Condition => {
      const { attribute, target } = inside(place, one);
      const isText = attribute.type !== 'boolean' && attribute.type !== 'integer' && attribute.type !== 'decimal';
      return isText ? { kind: 'compare', target, operator: 'ge', value: '' } : { kind: 'present', target };
    }),
  );
}

/** At the top of a resource. */
class ResourceScope implements Scope {
  readonly type: ResourceType;
  readonly #searchedWith: readonly ResourceType[];

  constructor(type: ResourceType, searchedWith: readonly ResourceType[]) {
    this.type = type;
    this.#searchedWith = searchedWith;
  }

  locate(path: AttributePath): Place | undefined {
    const resolved = resolvePath(this.type, path);
    const name = formatAttributePath(path);
    if (resolved === undefined) {
      if (this.#searchedWith.some((other) => resolvePath(other, path) !== undefined)) return undefined;
      throw new InvalidFilterError(`${this.type.name} has no attribute ${name.slice(0, 200)}.`);
    }
    const { attribute, subAttribute } = resolved;
    refuseSecret(attribute, name);
    if (subAttribute !== undefined) refuseSecret(subAttribute, name);
    const place = placeOf(resolved, name);
    return subAttribute === undefined
      ? place
      : inside({ ...place, name: name.slice(0, name.lastIndexOf('.')) }, subAttribute);
  }

  presence(path: AttributePath): Condition | undefined {
    if (resolvePath(this.type, path) !== undefined) return undefined;
    const schema = schemaAt(this.type, path);
    if (schema === undefined) {
      return this.#searchedWith.some((other) => schemaAt(other, path) !== undefined) ? nothing : undefined;
    }
    const readableAttributes = schema.attributes.filter(({ returned }) => returned !== 'never');
    return anyOf(readableAttributes.map(({ name }) => bindPresence({ schema: schema.id, attribute: name }, this)));
  }
}

/** In an element, or in a single complex value. */
class ElementScope implements Scope {
  readonly type: ResourceType;
  readonly #element: Place;

  /** @param element the attribute with the target at which its sub-attributes are found */
  constructor(type: ResourceType, element: Place) {
    this.type = type;
    // What is said of the element is not said of the relation again.
    this.#element = { ...element, relation: undefined };
  }

  locate(path: AttributePath): Place {
    const { attribute } = this.#element;
    const name = formatAttributePath(path);
    if (path.schema !== undefined || path.subAttribute !== undefined) {
      throw new InvalidFilterError(
        `Inside the brackets after ${attribute.name} only its sub-attributes are allowed, without a `
          + `prefix: not ${name.slice(0, 200)}.`,
      );
    }
    const wanted = path.attribute.toLowerCase();
    if (attribute.type !== 'complex') {
      if (wanted !== 'value') {
        throw new InvalidFilterError(
          `${attribute.name} has no sub-attributes: in brackets its values go by the name value.`,
        );
      }
      return { ...this.#element, target: valueTarget };
    }
    const subAttribute = attribute.subAttributes?.find((one) => one.name.toLowerCase() === wanted);
    if (subAttribute === undefined)
      throw new InvalidFilterError(`${attribute.name} has no sub-attribute ${name.slice(0, 200)}.`);
    refuseSecret(subAttribute, `${attribute.name}.${name}`);
    return inside(this.#element, subAttribute);
  }

  presence(): undefined {
    return undefined;
  }
}
