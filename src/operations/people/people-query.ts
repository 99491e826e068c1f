import type { Settings } from '../../config/settings.ts';
import { moments, sourceKey, statusKey, typedWords, wordsFrom } from '../../provisioning/records/find-keys.ts';
import type { KeyTest, StoreQuery } from '../../provisioning/records/resource-store.ts';
import { latchkeyUrn, type OnboardingStatus } from '../../provisioning/user/latchkey-extension.ts';
import { instantOf } from '../../scim/time/instant.ts';
import { readMoment } from '../read-moment.ts';

/** The states that lists of people are filtered by and counted in. */
export const peopleStates = [
  'none',
  'held',
  'queued',
  'invited',
  'delivered',
  'bounced',
  'expired',
  'failed',
  'active',
  'locked',
] as const;
export type PeopleState = (typeof peopleStates)[number];

/** Which people to list, as in the URLs of the API and the console. */
export interface PeopleQuery {
  /** Words that names, addresses, numbers or identifiers begin with. */
  readonly q?: string;
  readonly state?: PeopleState;
  /** The name of a client. */
  readonly source?: string;
  /** The id of a group, whose members of any depth are meant. */
  readonly group?: string;
  /** Days, local to the tenant's time zone; both are included. */
  readonly startFrom?: string;
  readonly startUntil?: string;
}

type Related = NonNullable<StoreQuery['condition']>;

/** A query in the terms of a store and of SCIM. */
export interface PeopleFilter {
  /** Without the state. */
  readonly keys: readonly KeyTest[];
  /** What the state adds. */
  readonly stateKeys: readonly KeyTest[];
  readonly condition: Related | undefined;
  /** What a SCIM client would ask for the same people; undefined: all of them. */
  readonly scim: string | undefined;
  /** False where SCIM has no attribute for a part of it. */
  readonly scimIsComplete: boolean;
}

const statuses: readonly OnboardingStatus[] = peopleStates.filter((state) => state !== 'locked');
const dayMs = 86_400_000;

/**
 * Reads a query.
 * @throws InvalidValueError naming a day that does not exist
 */
export function peopleFilter(query: PeopleQuery, { timezone }: Settings, now: Date): PeopleFilter {
  const { q = '', state, source, group, startFrom, startUntil } = query;
  const words = typedWords(q);
  const from = startFrom === undefined ? undefined : readMoment('startFrom', startFrom, timezone);
  const until = startUntil === undefined ? undefined : readMoment('startUntil', startUntil, timezone);
  const below = until === undefined ? undefined : new Date(until.getTime() + dayMs);
  const keys: KeyTest[] = [
    ...words.map((word): KeyTest => ({ anyOf: [wordsFrom(word)] })),
    ...(from === undefined && below === undefined ? [] : [{ anyOf: [moments('d', instant(from), instant(below))] }]),
    ...(source === undefined ? [] : [{ anyOf: [{ is: sourceKey(source) }] }]),
  ];
  const scim = [
    ...words.map(wordFilter),
    ...(state === undefined ? [] : [stateFilter(state)]),
    ...(group === undefined ? [] : [`groups.value eq ${JSON.stringify(group)}`]),
    ...(from === undefined ? [] : [`${latchkeyUrn}:startDate ge "${from.toISOString()}"`]),
    ...(below === undefined ? [] : [`${latchkeyUrn}:startDate lt "${below.toISOString()}"`]),
  ];
  return {
    keys,
    stateKeys: state === undefined ? [] : stateTests(state, now),
    condition: group === undefined ? undefined : inGroup(group),
    scim: scim.length === 0 ? undefined : scim.join(' and '),
    scimIsComplete: source === undefined,
  };
}

/** What is to be counted, and how the counts of the states come of it. */
export interface StateCounting {
  /** A query for the keys below. */
  readonly count: readonly string[];
  /** The state that a key counts for. */
  readonly stateOf: ReadonlyMap<string, OnboardingStatus>;
  /** The tests that the query needs; where a client alone is asked for its own keys count, without a test. */
  readonly keys: readonly KeyTest[];
}

/** The keys that are counted for the chips above a list. */
export function stateCounting({ source }: PeopleQuery, filter: PeopleFilter): StateCounting {
  const ofSource = source !== undefined && filter.keys.length === 1 && filter.condition === undefined;
  const stateOf = new Map(
    statuses.map((status) => [ofSource ? sourceKey(source, status) : statusKey(status), status] as const),
  );
  return { count: [...stateOf.keys()], stateOf, keys: ofSource ? [] : filter.keys };
}

/** True of those whose invitation has run out and has not been written down as expired yet. */
export function overdue(now: Date): KeyTest {
  return { anyOf: [moments('e', undefined, `${instant(now)}\u{10ffff}`)] };
}

/** True for users whom failed sign-ins lock out now. */
export function lockedOut(now: Date): KeyTest {
  return { anyOf: [moments('l', `${instant(now)}\u{10ffff}`, undefined)] };
}

function stateTests(state: PeopleState, now: Date): readonly KeyTest[] {
  switch (state) {
    case 'locked':
      return [lockedOut(now)];
    case 'expired':
      return [{ anyOf: [{ is: statusKey(state) }, ...overdue(now).anyOf] }];
    case 'invited':
    case 'delivered':
      return [{ anyOf: [{ is: statusKey(state) }] }, { ...overdue(now), not: true }];
    default:
      return [{ anyOf: [{ is: statusKey(state) }] }];
  }
}

function stateFilter(state: PeopleState): string {
  if (state === 'locked') return `${latchkeyUrn}:lockedReason eq "failedAttempts"`;
  if (state === 'none') return `(${latchkeyUrn}:status eq "none" or not (${latchkeyUrn}:status pr))`;
  return `${latchkeyUrn}:status eq "${state}"`;
}

function wordFilter(word: string): string {
  const text = JSON.stringify(word);
  const begins = ['userName', 'name.givenName', 'name.familyName', 'displayName', 'emails.value', 'externalId'];
  const filters = begins.map((attribute) => `${attribute} sw ${text}`);
  return `(${[...filters, ...(/^\d{5,}$/.test(word) ? [`phoneNumbers.value co ${text}`] : [])].join(' or ')})`;
}

function inGroup(id: string): Related {
  return {
    kind: 'related',
    relation: 'groups',
    condition: { kind: 'compare', target: [{ key: 'value', multiValued: false }], operator: 'eq', value: id },
  };
}

function instant(moment: Date): string;
function instant(moment: Date | undefined): string | undefined;
function instant(moment: Date | undefined): string | undefined {
  return moment === undefined ? undefined : instantOf(moment.toISOString());
}
