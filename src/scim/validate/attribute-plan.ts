import { commonAttributes } from '../model/common-attributes.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Attribute } from '../model/schema.ts';

/** An attribute prepared for reading what clients send. */
export interface AttributePlan {
  readonly attribute: Attribute;
  /** The name that details call it by: `emails`, `urn:…:2.0:User:manager`; of a sub-attribute the name alone. */
  readonly place: string;
  /** True for what is kept outside the resource, without end: members, groups. */
  readonly isRelation: boolean;
  readonly subAttributes: PlansByName;
}

/** Under the canonical name, for the clients that use it, and under the name in lower case for the others. */
export type PlansByName = ReadonlyMap<string, AttributePlan>;

/** An extension and its attributes. */
export interface ExtensionPlan {
  readonly urn: string;
  readonly attributes: PlansByName;
}

/** A resource type prepared for reading what clients send. */
export interface ResourcePlan {
  /** The core schema's attributes and the common ones. */
  readonly core: PlansByName;
  /** Under the URN as defined and in lower case. */
  readonly extensions: ReadonlyMap<string, ExtensionPlan>;
  /** Every attribute and sub-attribute by its definition. */
  readonly byAttribute: ReadonlyMap<Attribute, AttributePlan>;
}

/** Prepares a resource type; done once, at start. */
export function planOf(type: ResourceType): ResourcePlan {
  const byAttribute = new Map<Attribute, AttributePlan>();
  const plansOf = (attributes: readonly Attribute[], prefix: string): PlansByName =>
    new Map(
      attributes.flatMap((attribute) => {
        const isRelation =
          prefix === ''
          && type.schema.attributes.includes(attribute)
          && type.resolve({ attribute: attribute.name })?.relation !== undefined;
        const plan = {
          attribute,
          place: prefix + attribute.name,
          isRelation,
          subAttributes: plansOf(attribute.subAttributes ?? [], ''),
        };
        byAttribute.set(attribute, plan);
        return bothNames(attribute.name, plan);
      }),
    );
  return {
    core: plansOf([...commonAttributes, ...type.schema.attributes], ''),
    extensions: new Map(
      type.extensions.flatMap(({ schema }) =>
        bothNames(schema.id, { urn: schema.id, attributes: plansOf(schema.attributes, `${schema.id}:`) }),
      ),
    ),
    byAttribute,
  };
}

/** Looks a name up in any letter case. */
export function lookUp<Value>(byName: ReadonlyMap<string, Value>, name: string): Value | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}

/** The plan of an attribute or sub-attribute of the resource type. */
export function planIn(resourcePlan: ResourcePlan, attribute: Attribute): AttributePlan {
  const plan = resourcePlan.byAttribute.get(attribute);
  if (plan === undefined) throw new Error(`The attribute ${attribute.name} is not of this resource type.`);
  return plan;
}

function bothNames<Value>(name: string, value: Value): (readonly [string, Value])[] {
  return [
    [name, value],
    [name.toLowerCase(), value],
  ];
}
