import { allScopes, type Client } from '../domain/client.ts';
import { omit } from '../base/omit.ts';
import { formatAttributePath, parseAttributePath, resolvePath, schemaAt } from '../scim/model/attribute-path.ts';
import type { ResourceTypes } from '../scim/model/resource-type.ts';
import { InvalidValueError } from '../scim/model/scim-error.ts';
import { slowestLimit } from './call-limits.ts';

/** What of a client can be ordered, when it is made and later; null takes a limit away. */
export interface ClientOrder extends Partial<
  Pick<
    Client,
    'name' | 'profile' | 'scopes' | 'callsPerSecond' | 'accessTokenSeconds' | 'paused' | 'existing' | 'owns' | 'guard'
  >
> {
  readonly resourceTypes?: readonly string[] | null;
  readonly attributes?: readonly string[] | null;
  /** The id of a user; the caller has seen to it that there is one. */
  readonly me?: string | null;
}

/** A client's name is shown in logs and lists. */
const longestName = 100;

/**
 * A client as an order changes it.
 * @throws InvalidValueError naming the field, what is wrong with it and what to send
 */
export function applyOrder<Before extends Partial<Client>>(
  before: Before,
  order: ClientOrder,
  types: ResourceTypes,
): Omit<Before, 'resourceTypes' | 'attributes' | 'me'> & Pick<Partial<Client>, keyof ClientOrder & keyof Client> {
  const { resourceTypes, attributes, me, ...plain } = order;
  check(plain);
  return {
    ...omit(before, 'resourceTypes', 'attributes', 'me'),
    ...plain,
    ...limit('resourceTypes', before.resourceTypes, resourceTypes, (name) => typeNamed(types, name)),
    ...limit('attributes', before.attributes, attributes, (path) => knownPath('attributes', types, path)),
    ...(plain.owns === undefined ? {} : { owns: plain.owns.map((path) => knownPath('owns', types, path)) }),
    ...((me ?? (me === null ? undefined : before.me)) === undefined ? {} : { me: me ?? before.me! }),
  };
}

function check({ name, scopes, callsPerSecond }: ClientOrder): void {
  if (name !== undefined && (name.trim() === '' || name.length > longestName || /\p{Cc}/u.test(name)))
    throw new InvalidValueError(`name must have 1 to ${longestName} characters, none of them a control character.`);
  const unknown = scopes?.filter((scope) => !allScopes.includes(scope)) ?? [];
  if (unknown.length > 0)
    throw new InvalidValueError(`scopes knows ${allScopes.join(', ')}, not '${unknown.join(', ').slice(0, 100)}'.`);
  if (scopes?.length === 0) throw new InvalidValueError(`scopes must name at least one of ${allScopes.join(', ')}.`);
  if (typeof callsPerSecond === 'number' && callsPerSecond < slowestLimit)
    throw new InvalidValueError(
      `callsPerSecond must be at least ${slowestLimit}, which Entra ID needs, or null for no limit.`,
    );
}

function limit<Name extends string>(
  name: Name,
  before: readonly string[] | undefined,
  order: readonly string[] | null | undefined,
  read: (value: string) => string,
): Partial<Record<Name, readonly string[]>> {
  const wanted = order === undefined ? before : order;
  if (wanted === null || wanted === undefined) return {};
  if (wanted.length === 0)
    throw new InvalidValueError(`${name} must name at least one, or be null where all are meant.`);
  return { [name]: order === undefined ? wanted : [...new Set(wanted.map(read))] } as Record<Name, readonly string[]>;
}

function typeNamed(types: ResourceTypes, name: string): string {
  const type = types.byName(name);
  if (type === undefined)
    throw new InvalidValueError(
      `resourceTypes knows ${types
        .all()
        .map((one) => one.name)
        .join(', ')}, not '${name.slice(0, 100)}'.`,
    );
  return type.name;
}

/** An attribute as limits write it: a schema's whole URN, or the attribute with the URN of an extension in front. */
function knownPath(field: string, types: ResourceTypes, text: string): string {
  const path = parseAttributePath(text);
  for (const type of path === undefined ? [] : types.all()) {
    const whole = schemaAt(type, path!);
    if (whole !== undefined && whole !== type.schema) return whole.id;
    const found = resolvePath(type, path!);
    if (found === undefined) continue;
    const { schema, extension, attribute, subAttribute } = found;
    const place = {
      attribute: attribute.name,
      ...(subAttribute === undefined ? {} : { subAttribute: subAttribute.name }),
    };
    return formatAttributePath(extension ? { schema: schema.id, ...place } : place);
  }
  throw new InvalidValueError(
    `${field} names '${text.slice(0, 200)}', which no resource type has: write attributes as userName, `
      + `name.familyName or with their schema's URN in front.`,
  );
}
