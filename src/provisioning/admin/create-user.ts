import type { Settings } from '../../config/settings.ts';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import type { RequestContext, ResourceHandler } from '../../scim/port/resource-handler.ts';
import { validateResource } from '../../scim/validate/validate-resource.ts';
import { generatePassword } from '../passwords/generate-password.ts';
import { contextWords } from '../passwords/context-words.ts';
import { checkPassword } from '../passwords/password-policy.ts';
import { WeakPasswordError } from '../passwords/weak-password-error.ts';
import { latchkeyUrn } from '../user/latchkey-extension.ts';
import type { AdminActor } from './admin-records.ts';
import type { PasswordOrder } from './reset-password.ts';

/** How a new user is invited: the tenant's or the user's own method, or this one. */
export type Invite = boolean | Settings['onboarding']['invitationMethod'];

/** A user that an administrator creates, and how the user gets the first key. */
export interface NewUser extends PasswordOrder {
  /** A SCIM User as in a POST; `schemas` may be left out. */
  readonly user: JsonObject;
  readonly invite?: Invite;
}

/** What came of it. */
export interface CreatedUser {
  readonly id: string;
  readonly resource: Resource;
  /** Only where one was generated that is not mailed: it is kept nowhere. */
  readonly password?: string;
  /** Attributes that no schema knows, which were left out. */
  readonly dropped: readonly string[];
}

/** What creating a user works with. */
export interface CreateUserParts {
  readonly handler: Pick<ResourceHandler, 'create'>;
  readonly userType: ResourceType;
  readonly settingsOf: (tenant: string) => Settings;
}

/**
 * Creates a user on an administrator's behalf, with a typed or generated password, an invitation, or neither, in one
 * atomic write. The rules are those of `POST /Users`; a typed password must satisfy the tenant's policy as well.
 * @throws InvalidValueError naming the attribute or field that is wrong; UniquenessError
 */
export async function createUser(
  { handler, userType, settingsOf }: CreateUserParts,
  actor: AdminActor,
  order: NewUser,
): Promise<CreatedUser> {
  const settings = settingsOf(actor.tenant);
  refuseContradictions(order, settings);
  const generated = order.send === false && order.password === undefined && !isInvited(order);
  const password = generated ? generatePassword(settings.passwords.minLength) : order.password;
  refuseSaidTwice(order);
  const { resource, dropped } = validateResource(userType, bodyOf(order, password, userType), {
    context: 'create',
    unknownAttributes: settings.scim.unknownAttributes,
    timezone: settings.timezone,
  });
  // Under any of its spellings: the policy is for the one beside "user".
  if (password === undefined && resource['password'] !== undefined) throw misplacedPassword();
  if (order.password !== undefined) {
    const faults = checkPassword(order.password, settings, contextWords(resource, settings));
    if (faults.length > 0) throw new WeakPasswordError(faults);
  }
  const created = await handler.create(contextOf(actor), userType, resource, { members: false, groups: false });
  const { id } = created.resource;
  if (typeof id !== 'string') throw new Error('a created user has an id');
  return { id, resource: created.resource, dropped, ...(generated && password !== undefined ? { password } : {}) };
}

function isInvited({ invite }: NewUser): boolean {
  return invite !== undefined && invite !== false;
}

function refuseContradictions(order: NewUser, settings: Settings): void {
  if (isInvited(order) && (order.password !== undefined || order.send === true || order.forceChange !== undefined)) {
    throw new InvalidValueError(
      'invite: an invited user chooses their own password, so "password", "send" and "forceChange" cannot go with it.',
    );
  }
  if (order.send === true && order.forceChange === false && settings.onboarding.changeMailedPassword) {
    throw new InvalidValueError(
      'forceChange: a mailed password must be changed, unless the setting onboarding.changeMailedPassword is off.',
    );
  }
  if (order.user['password'] !== undefined) throw misplacedPassword();
}

function misplacedPassword(): InvalidValueError {
  return new InvalidValueError('user.password: put the password beside "user", as "password".');
}

/** Refuses an order that says one thing in its own words and another in those of the extension. */
function refuseSaidTwice(order: NewUser): void {
  const { invite, send, forceChange } = order;
  const said: [field: string, attribute: string, value: boolean | string | undefined][] = [
    ['invite', 'preRegistration', invite === undefined ? undefined : isInvited(order)],
    ['invite', 'invitationMethod', typeof invite === 'string' ? invite : undefined],
    ['send', 'sendPassword', send],
    ['forceChange', 'forcePasswordReset', forceChange],
  ];
  const given = extensionOf(order)?.value ?? {};
  for (const [field, attribute, value] of said) {
    const name = Object.keys(given).find((key) => key.toLowerCase() === attribute.toLowerCase());
    const other = name === undefined ? null : given[name]!;
    if (value === undefined || other === null || asText(other) === asText(value)) continue;
    throw new InvalidValueError(
      `${field} and user.${latchkeyUrn}:${attribute} say two different things: send one of the two.`,
    );
  }
}

/** A scalar as clients write it: booleans as text too. */
function asText(value: Json | undefined): string {
  return JSON.stringify(value ?? null)
    .replaceAll('"', '')
    .toLowerCase();
}

/** The user's extension and its key, in whatever letter case. */
function extensionOf({ user }: NewUser): { readonly key: string; readonly value: JsonObject } | undefined {
  const key = Object.keys(user).find((one) => one.toLowerCase() === latchkeyUrn.toLowerCase());
  const value = key === undefined ? undefined : user[key];
  return key !== undefined && isJsonObject(value) ? { key, value } : undefined;
}

function bodyOf(order: NewUser, password: string | undefined, userType: ResourceType): JsonObject {
  const given = extensionOf(order);
  const own = keyOf(order, password);
  const named = new Set(Object.keys(own).map((key) => key.toLowerCase()));
  const others = Object.entries(given?.value ?? {}).filter(([key]) => !named.has(key.toLowerCase()));
  const extension: JsonObject = { ...Object.fromEntries(others), ...own };
  return {
    schemas: [userType.schema.id],
    ...order.user,
    ...(Object.keys(extension).length > 0 ? { [given?.key ?? latchkeyUrn]: extension } : {}),
    ...(password === undefined ? {} : { password }),
  };
}

/** What the user's extension says of a change of the password at the next sign-in, where it says so clearly. */
function wishOf(order: NewUser): boolean | undefined {
  const found = Object.entries(extensionOf(order)?.value ?? {}).find(
    ([key]) => key.toLowerCase() === 'forcepasswordreset',
  );
  const said = asText(found?.[1]);
  return said === 'true' || said === 'false' ? said === 'true' : undefined;
}

/** The order in the words of the onboarding extension. */
function keyOf(order: NewUser, password: string | undefined): JsonObject {
  if (isInvited(order))
    return { preRegistration: true, ...(typeof order.invite === 'string' ? { invitationMethod: order.invite } : {}) };
  const key: JsonObject = order.send === true ? { sendPassword: true } : {};
  if (password === undefined && order.send !== true) return key;
  return { ...key, forcePasswordReset: order.forceChange ?? wishOf(order) ?? true };
}

/** An administrator's call as SCIM's own operations take it. */
export function contextOf({ tenant, client, requestId, actor, address }: AdminActor): RequestContext {
  return {
    tenant,
    client: { id: actor?.id ?? client, name: client },
    profile: 'strict',
    triggeredBy: 'admin_api',
    requestId,
    ...(actor === undefined ? {} : { actor }),
    ...(address === undefined ? {} : { address }),
    dryRun: false,
  };
}
