import type { Settings } from '../../config/settings.ts';
import { timeOf } from '../../scim/time/instant.ts';
import { partsOf, shapeIdOf } from '../../scim/model/public-part.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { emptyAccount } from '../records/account.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { pausedUntil } from '../user/account-lock.ts';
import { notBefore } from '../user/first-key-address.ts';
import { isUnderWay, latchkeyUrn, readOnboarding } from '../user/latchkey-extension.ts';
import type { Rules } from '../user/user-draft.ts';
import { userNow } from './user-now.ts';
import type { PublicPart, PublicTerms } from '../records/public-text.ts';

type Moment = Pick<Rules, 'settings' | 'now'>;

/** A setting that decides how a user shows, and whether it does so of this one. */
interface Dependence {
  readonly name: string;
  readonly value: (settings: Settings) => string;
}

const lock: Dependence = { name: 'lock', value: ({ onboarding }) => String(onboarding.lockUntilPasswordSet) };
const verify: Dependence = { name: 'verify', value: ({ onboarding }) => String(onboarding.verifyEmail) };
const lead: Dependence = { name: 'lead', value: ({ onboarding }) => String(onboarding.leadDays) };

/** Every choice of them, in their order. */
const choices = [[], [lock], [verify], [lead], [lock, verify], [lock, lead], [verify, lead], [lock, verify, lead]];

/**
 * The parts of a record's resource, with the terms under which its public text may be shown.
 * @returns undefined where the record shows otherwise at this moment than it is stored
 */
export function publicPartOf(type: ResourceType, record: StoredRecord, moment: Moment): PublicPart | undefined {
  const terms = termsOf(type, record, moment);
  return terms === undefined ? undefined : { ...partsOf(type, record.resource), ...terms };
}

/**
 * Makes the test whether a public text may be shown now. What a user shows depends on few settings, and most users
 * depend on none or one of them: changing another one leaves their texts as good as they were.
 */
export function createHoldsNow(): (type: ResourceType, terms: PublicTerms, moment: Moment) => boolean {
  const known = new WeakMap<Settings, WeakMap<ResourceType, ReadonlySet<string>>>();
  const accepted = (type: ResourceType, settings: Settings): ReadonlySet<string> => {
    const byType = known.get(settings) ?? new WeakMap<ResourceType, ReadonlySet<string>>();
    known.set(settings, byType);
    const marks = byType.get(type) ?? new Set(choices.map((dependences) => markOf(type, settings, dependences)));
    byType.set(type, marks);
    return marks;
  };
  return (type, { under, until }, { settings, now }) =>
    accepted(type, settings).has(under) && (until === null || until > now.toISOString());
}

function termsOf(type: ResourceType, record: StoredRecord, moment: Moment): PublicTerms | undefined {
  if (type.name !== 'User' || record.resource[latchkeyUrn] === undefined)
    return { under: markOf(type, moment.settings, []), until: null };
  if (userNow(record, moment) !== record) return undefined;
  const { resource, account = emptyAccount } = record;
  const { settings, now } = moment;
  const onboarding = readOnboarding(resource);
  const { status, startDate, invitationExpiresAt, verifyEmail } = onboarding;
  const isOpen = status === 'invited' || status === 'delivered';
  const changes = [
    isOpen ? momentOf(invitationExpiresAt) : undefined,
    pausedUntil(account, now),
    notBefore(onboarding, settings, now)?.toISOString(),
  ].filter((end) => end !== undefined);
  const dependences = [
    ...(isUnderWay(onboarding) ? [lock] : []),
    ...(verifyEmail === undefined ? [verify] : []),
    ...(startDate !== undefined && timeOf(startDate) > now.getTime() ? [lead] : []),
  ];
  return { under: markOf(type, settings, dependences), until: changes.sort()[0] ?? null };
}

function markOf(type: ResourceType, settings: Settings, dependences: readonly Dependence[]): string {
  return [shapeIdOf(type), ...dependences.map(({ name, value }) => `${name}:${value(settings)}`)].join(' ');
}

function momentOf(text = ''): string | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
