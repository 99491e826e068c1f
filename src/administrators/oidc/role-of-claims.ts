import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { roles, type Role } from '../../domain/role.ts';

/** More values than a person has groups in any provider. */
const mostValues = 10_000;

/**
 * The role that a person's claims give: the highest of those that the values of one claim are mapped to.
 * @param name the claim's own name, such as `https://company.example/roles`, or a path into an object: `realm.roles`
 * @param mapping roles by value; values are compared exactly
 */
export function roleOfClaims(
  claims: JsonObject,
  name: string,
  mapping: Readonly<Record<string, Role>>,
): Role | undefined {
  const values = valuesOf(claimAt(claims, name));
  const given = new Set(values.flatMap((value) => (Object.hasOwn(mapping, value) ? [mapping[value]] : [])));
  return roles.find((role) => given.has(role));
}

/** The value of a claim: by its whole name where there is one, else along the path. */
export function claimAt(claims: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<Json | undefined>(
      (at, part) => (isJsonObject(at) && Object.hasOwn(at, part) ? at[part] : undefined),
      claims,
    );
}

function valuesOf(value: Json | undefined): readonly string[] {
  const all = Array.isArray(value) ? value.slice(0, mostValues) : [value];
  return all.filter((one) => typeof one === 'string');
}
