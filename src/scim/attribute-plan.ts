import { commonAttributes } from './common-attributes.ts';
import type { ResourceType } from './resource-type.ts';
import type { Attribute, Schema } from './schema.ts';

/** An attribute prepared for reading what clients send. */
export interface AttributePlan {
  readonly attribute: Attribute;
  /** The name that details call it by: `emails`, `urn:…:2.0:User:manager`; of a sub-attribute the name alone. */
  readonly place: string;
  readonly subAttributes: PlansByName;
}

/** Under the canonical name, for the clients that use it, and under the name in lower case for the others. */
export type PlansByName = ReadonlyMap<string, AttributePlan>;

/** A schema and its attributes; `urn` is undefined when they stand at the top of the resource. */
export interface SchemaPlan {
  readonly schema: Schema;
  readonly urn: string | undefined;
  readonly attributes: PlansByName;
}

/** A resource type prepared for reading what clients send. */
export interface ResourcePlan {
  readonly core: SchemaPlan;
  /** Under the URN as defined and in lower case. */
  readonly extensions: ReadonlyMap<string, SchemaPlan>;
  /** All of them, longest URN first, so that a URN that another one begins with is found before it. */
  readonly schemas: readonly SchemaPlan[];
  /** Every attribute and sub-attribute by its definition. */
  readonly byAttribute: ReadonlyMap<Attribute, AttributePlan>;
}

/** Prepares a resource type; done once, at start. */
export function planOf(type: ResourceType): ResourcePlan {
  const byAttribute = new Map<Attribute, AttributePlan>();
  const plansOf = (attributes: readonly Attribute[], prefix: string): PlansByName => new Map(attributes.flatMap((attribute) => {
    const plan = { attribute, place: prefix + attribute.name, subAttributes: plansOf(attribute.subAttributes ?? [], '') };
    byAttribute.set(attribute, plan);
    return bothNames(attribute.name, plan);
  }));
  const core = { schema: type.schema, urn: undefined, attributes: plansOf([...commonAttributes, ...type.schema.attributes], '') };
  const extensions = type.extensions.map(({ schema }) => ({ schema, urn: schema.id, attributes: plansOf(schema.attributes, `${schema.id}:`) }));
  return {
    core,
    extensions: new Map(extensions.flatMap((plan) => bothNames(plan.urn, plan))),
    schemas: [core, ...extensions].sort((one, other) => other.schema.id.length - one.schema.id.length),
    byAttribute,
  };
}

/** Looks a name up in any letter case. */
export function lookUp<Value>(byName: ReadonlyMap<string, Value>, name: string): Value | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}

function bothNames<Value>(name: string, value: Value): (readonly [string, Value])[] {
  return [[name, value], [name.toLowerCase(), value]];
}
