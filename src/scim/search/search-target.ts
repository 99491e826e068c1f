import type { Target, TargetStep } from './condition.ts';
import type { ResolvedAttribute } from '../model/resource-type.ts';
import type { Attribute } from '../model/schema.ts';
import { searchKey } from './search-document.ts';

/** Where a search document holds an attribute or sub-attribute. Relations are in none. */
export function searchTarget({ schema, extension, attribute, subAttribute }: ResolvedAttribute): Target {
  const steps = [targetStep(attribute)];
  if (extension) steps.unshift({ key: searchKey(schema.id), multiValued: false });
  if (subAttribute !== undefined) steps.push(targetStep(subAttribute));
  return steps;
}

/** The step from what holds an attribute to its values. */
export function targetStep({ name, multiValued }: Attribute): TargetStep {
  return { key: searchKey(name), multiValued };
}
