import type { Clock } from '../../base/clock.ts';
import type { ClientProfile } from '../../domain/client-profile.ts';
import type { SkippedMembers } from '../../scim/model/request-notes.ts';
import type { MembersOperation } from '../../scim/patch/members-operation.ts';
import type { RequestContext } from '../../scim/port/resource-handler.ts';
import { schemasOf } from '../../scim/model/resource-schemas.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Settings } from '../../config/settings.ts';
import { isPreparedFor, type PasswordChange, passwordChange, type PreparedPassword } from './client-password.ts';
import { expectWritable } from './expect-writable.ts';
import { changeEvents } from '../user/event-policy.ts';
import type { EventDraft } from '../records/origin.ts';
import { carryOutMembers } from '../members/group-members.ts';
import type { Json } from '../../base/json.ts';
import { omit } from '../../base/omit.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import { patchable } from './patchable.ts';
import { noteSwitch, othersSaidSo, speakerOf } from './switched.ts';
import { keepActive, keepsActive } from '../user/keep-active.ts';
import { plainUserName } from '../user/plain-user-name.ts';
import { invitedByTenant } from '../first-key/invite-everyone.ts';
import { onboard } from '../first-key/onboarding.ts';
import { emptyAccount } from '../records/account.ts';
import { groupNameKey, groupNameUniqueKey } from '../records/lookup-keys.ts';
import type { MembershipChange, ResourceStore, StoredRecord } from '../records/resource-store.ts';
import type { SecretBox } from '../../base/secret-box.ts';
import { purposeOfPassword } from '../passwords/sealed-password.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import type { RecordChange, RecordRef } from '../records/record-change.ts';
import { taken } from '../records/write-refusals.ts';

/** A wanted state, before it is known what it means for the user's first key or the group's members. */
export interface Target {
  readonly manner: 'create' | 'replace' | 'patch';
  /** May hold `password`, and for a body `members`. */
  readonly resource: Resource;
  readonly members: readonly MembersOperation[];
  /** A PATCH names `sendPassword` and leaves it true; of a body it is read off. */
  readonly sends?: boolean;
  /** A PATCH says `active`, as it is already; of a body it is read off. */
  readonly saysActive?: boolean;
}

/** A change ready to be written, or the password work that must be done first, outside the line of writers. */
export type Plan =
  | {
      readonly kind: 'ready';
      readonly change: RecordChange;
      readonly applied: ReadonlySet<number>;
      /** Members that do not exist and were left out. */
      readonly skipped?: SkippedMembers | undefined;
    }
  | { readonly kind: 'hashFirst'; readonly wish: PasswordChange };

/** What planning looks at. */
export type ChangePlannerParts = Pick<ServiceParts, 'store' | 'clock' | 'settingsOf' | 'secrets'>;

/**
 * Works out what a wanted state comes to: for a user's first key, for a group's members, for names that must be
 * unique. Writes nothing.
 */
export class ChangePlanner {
  readonly #store: ResourceStore;
  readonly #clock: Clock;
  readonly #settingsOf: (tenant: string) => Settings;
  readonly #secrets: SecretBox;

  constructor({ store, clock, settingsOf, secrets }: ChangePlannerParts) {
    this.#store = store;
    this.#clock = clock;
    this.#settingsOf = settingsOf;
    this.#secrets = secrets;
  }

  /**
   * @param before the record as it is; undefined for a create
   * @param prepared the hash of the password wished for, where an earlier call asked for one
   * @throws ScimError 403 for an attribute that the client may not write; InvalidValueError for a member that does not
   *   exist, or a userName that cannot be typed or seen; UniquenessError for a group's name that is taken
   */
  async plan(
    context: RequestContext,
    ref: RecordRef,
    before: StoredRecord | undefined,
    target: Target,
    prepared?: PreparedPassword,
  ): Promise<Plan> {
    const isUser = ref.type.name === 'User';
    const wanted = isUser ? { ...target, resource: plainUserName(before?.resource, target.resource) } : target;
    expectWritable(context, ref.type, before === undefined ? undefined : comparable(before, wanted.resource), wanted);
    if (isUser) return this.#planUser(context, ref, before, wanted, prepared);
    const named = stored(wanted.resource);
    const resource = keepsActive(ref.type) ? keepActive(before?.resource, named) : named;
    const isGroup = ref.type.resolve({ attribute: 'members' })?.relation === 'members';
    const {
      change: members,
      applied,
      skipped,
    } = isGroup && wanted.members.length > 0
      ? await carryOutMembers(this.#store, ref, wanted.members, this.#unknownMembers(context))
      : { change: undefined, applied: new Set<number>(), skipped: undefined };
    const uniqueKeys = isGroup ? await this.#groupNameKeys(context, ref, before, resource) : [];
    const events = withMembers(
      ref.type,
      changeEvents(ref.type.name, before?.resource, resource),
      resource,
      members,
      skipped?.count,
    );
    return {
      kind: 'ready',
      change: { resource, events, uniqueKeys, ...(members === undefined ? {} : { members }) },
      applied,
      skipped,
    };
  }

  /** What becomes of members that do not exist: as the tenant says, else as the client's profile wants it. */
  #unknownMembers(context: RequestContext): 'refuse' | 'skip' {
    const { unknownMembers } = this.#settingsOf(context.tenant).scim;
    if (unknownMembers !== 'byProfile') return unknownMembers;
    const profile = this.#profileOf(context);
    return profile === 'okta' || profile === 'entra' ? 'skip' : 'refuse';
  }

  #profileOf({ tenant, profile }: RequestContext): ClientProfile {
    return profile === 'auto' ? this.#settingsOf(tenant).scim.profile : profile;
  }

  #planUser(
    context: RequestContext,
    ref: RecordRef,
    record: StoredRecord | undefined,
    { manner, resource: wanted, sends: named, saysActive = typeof wanted['active'] === 'boolean' }: Target,
    prepared?: PreparedPassword,
  ): Plan {
    const settings = this.#settingsOf(context.tenant);
    // An administrator says how a user gets their first key.
    const isPushed = manner === 'create' && context.triggeredBy !== 'admin_api';
    const resource = keepActive(record?.resource, isPushed ? invitedByTenant(wanted, settings) : wanted);
    const before =
      record === undefined ? undefined : { resource: record.resource, account: record.account ?? emptyAccount };
    const sends = manner === 'patch' ? named === true : readOnboarding(wanted).sendPassword === true;
    const wish = passwordChange(
      { manner, profile: context.profile, chosen: context.triggeredBy === 'admin_api', before, after: resource, sends },
      settings,
    );
    if (wish !== undefined && !isPreparedFor(prepared, wish)) return { kind: 'hashFirst', wish };
    const password =
      prepared?.hash === undefined || wish === undefined || wish.dropped
        ? undefined
        : {
            hash: prepared.hash,
            ...(wish.mail
              ? {
                  sealed: this.#secrets.seal(wish.text, { tenant: ref.tenant, id: ref.id, purpose: purposeOfPassword }),
                }
              : {}),
          };
    const rules = { settings, now: this.#clock.now(), newId: () => this.#clock.newId() };
    const outcome = onboard(
      { manner, before, after: stored(resource), sends, ...(password === undefined ? {} : { password }) },
      rules,
    );
    const given = prepared?.hash === undefined || wish === undefined ? {} : { clientPassword: prepared.hash };
    const { active } = resource;
    refuseTakingBack(context, record, active);
    // An administrator is told that it is so already.
    const says = saysActive && context.triggeredBy !== 'admin_api';
    const said = { says, by: speakerOf(context) };
    const account = noteSwitch({ ...outcome.account, ...given }, record?.resource['active'], active, said);
    const change = { ...outcome, account };
    return {
      kind: 'ready',
      change: { ...change, resource: { ...change.resource, schemas: schemasOf(ref.type, change.resource) } },
      applied: new Set(),
    };
  }

  /**
   * Where group names must be unique the database holds them so. Groups made before that was asked for hold no such
   * key: a look keeps new ones from taking their names.
   */
  async #groupNameKeys(
    context: RequestContext,
    ref: RecordRef,
    before: StoredRecord | undefined,
    { displayName }: Resource,
  ): Promise<string[]> {
    const { uniqueGroupNames } = this.#settingsOf(context.tenant).scim;
    const unique = uniqueGroupNames || this.#profileOf(context) === 'entra';
    if (!unique || typeof displayName !== 'string') return [];
    const key = groupNameUniqueKey(displayName);
    if (before?.resource['displayName'] !== displayName) {
      const holder = await this.#store.findByKey(ref.tenant, ref.type.name, groupNameKey(displayName));
      if (holder !== undefined && holder.id !== ref.id) throw taken(ref, key, holder.id);
    }
    return [key];
  }
}

/** @throws ScimError 409 where a write takes back a switch that others have confirmed since */
function refuseTakingBack({ takesBack }: RequestContext, record: StoredRecord | undefined, active?: Json): void {
  if (takesBack === undefined || record === undefined || record.resource['active'] === active) return;
  if (othersSaidSo(record.account, (request) => request.startsWith(takesBack)))
    throw new ScimError(409, undefined, 'active: another client has said the same since; it is left as it is now.');
}

/** The resource before a write, in the form in which the write says it: with `resend` where the write repeats it. */
function comparable(before: StoredRecord, wanted: Resource): Resource {
  return readOnboarding(wanted).resend === undefined ? before.resource : patchable(before);
}

/**
 * What the store keeps of a resource: without the id (beside it), members and groups (elsewhere) and the password
 * (never kept).
 */
function stored(resource: Resource): Resource {
  return omit(resource, 'id', 'meta', 'members', 'groups', 'password');
}

function withMembers(
  type: ResourceType,
  events: EventDraft[],
  resource: Resource,
  members: MembershipChange | undefined,
  skipped: number | undefined,
): EventDraft[] {
  if (members === undefined) return events;
  const counts = {
    added: members.add.length,
    removed: members.remove.length,
    cleared: members.clear,
    ...(skipped === undefined ? {} : { skipped }),
  };
  const [first, ...others] =
    events.length > 0
      ? events
      : [{ type: 'group.updated' as const, data: { displayName: resource['displayName'] ?? type.name } }];
  return first === undefined ? events : [{ type: first.type, data: { ...first.data, members: counts } }, ...others];
}
