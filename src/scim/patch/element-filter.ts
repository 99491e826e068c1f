import type { Json } from '../../base/json.ts';
import { bindElementFilter } from '../filter/bind-filter.ts';
import type { Dialect } from '../model/dialects.ts';
import { elementDocument } from '../search/element-document.ts';
import type { Comparison, Filter } from '../filter/filter.ts';
import { matchCondition } from '../search/filter-match.ts';
import type { Resource } from '../model/resource.ts';
import type { ResolvedAttribute, ResourceType } from '../model/resource-type.ts';
import type { Attribute } from '../model/schema.ts';

/** The value filter of a PATCH path, ready to choose elements. */
export interface ElementFilter {
  /** True when the element is meant. */
  matches(element: Json): boolean;
  /**
   * What an element must hold to be meant, where the filter says so plainly: eq terms joined by `and`. Values as
   * written.
   */
  readonly seed: Json | undefined;
}

/**
 * Binds a value filter to the elements of a multi-valued attribute; it means there what it means in a query.
 * @throws InvalidFilterError for a sub-attribute the elements do not have, or an operator it cannot take
 */
export function elementFilter(
  type: ResourceType,
  resolved: ResolvedAttribute,
  filter: Filter,
  dialect: Dialect,
): ElementFilter {
  const { attribute } = resolved;
  const meant = withBooleans(attribute, filter, dialect);
  const condition = bindElementFilter(type, resolved, meant);
  return {
    matches: (element) => matchCondition(condition, elementDocument(attribute, element)),
    seed: seedOf(attribute, meant),
  };
}

/** The eq terms of a filter that has nothing else, as an element; undefined when it has something else. */
function seedOf(attribute: Attribute, filter: Filter): Json | undefined {
  const terms = filter.kind === 'and' ? filter.filters : [filter];
  if (
    !terms.every((term): term is Comparison => term.kind === 'compare' && term.operator === 'eq' && term.value !== null)
  )
    return undefined;
  if (attribute.type !== 'complex') return terms[0]?.value ?? undefined;
  const seed: Resource = {};
  for (const { path, value } of terms) {
    const name = subAttributeOf(attribute, path.attribute)?.name;
    if (name === undefined || path.subAttribute !== undefined || (seed[name] !== undefined && seed[name] !== value))
      return undefined;
    seed[name] = value;
  }
  return seed;
}

/** Rule `booleanTextInFilter`: `primary eq "True"` is read as `primary eq true`. */
function withBooleans(attribute: Attribute, filter: Filter, dialect: Dialect): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map((one) => withBooleans(attribute, one, dialect)) };
    case 'not':
      return { kind: 'not', filter: withBooleans(attribute, filter.filter, dialect) };
    case 'compare': {
      const isText = typeof filter.value === 'string' && /^(?:true|false)$/i.test(filter.value);
      if (!isText || subAttributeOf(attribute, filter.path.attribute)?.type !== 'boolean') return filter;
      return dialect.permits('booleanTextInFilter')
        ? { ...filter, value: filter.text.toLowerCase() === 'true' }
        : filter;
    }
    default:
      return filter;
  }
}

function subAttributeOf(attribute: Attribute, name: string): Attribute | undefined {
  return attribute.subAttributes?.find((one) => one.name.toLowerCase() === name.toLowerCase());
}
