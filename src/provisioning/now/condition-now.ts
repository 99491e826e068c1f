import { bindFilter } from '../../scim/filter/bind-filter.ts';
import { parseFilter } from '../../scim/filter/filter-parser.ts';
import { instantOf } from '../../scim/time/instant.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Condition, Target } from '../../scim/search/condition.ts';
import { allOf, anyOf, everything, negationOf, nothing } from '../../scim/search/condition-algebra.ts';
import { matchCondition } from '../../scim/search/filter-match.ts';
import { searchKey } from '../../scim/search/search-document.ts';
import { startDateBy } from '../user/first-key-address.ts';
import { latchkeyUrn } from '../user/latchkey-extension.ts';
import { lockKeys } from '../user/lock-in-search.ts';
import type { Rules } from '../user/user-draft.ts';

type Leaf = Extract<Condition, { kind: 'present' | 'compare' }>;

/** Conditions that are true or false at one moment, over what is stored. */
interface Moment {
  readonly runOut: Condition;
  readonly lockedByFailures: Condition;
  readonly notStarted: Condition;
  /** The stored reason is one that time ends. */
  readonly storedEnds: Condition;
}

const extension = searchKey(latchkeyUrn);

/**
 * A condition over users as they are at this moment, in terms of what is stored: an invitation past its end counts as
 * `expired`, a lock that time has ended as none, whether or not the sweep has written it down. Each condition on
 * `status`, `locked` or `lockedReason` becomes one for each state that time can have brought about, joined with the
 * instant; what remains of it on stored values keeps its indexes.
 */
export function conditionNow(
  condition: Condition,
  type: ResourceType,
  rules: Pick<Rules, 'settings' | 'now'>,
): Condition {
  let moment: Moment | undefined;
  const rewrite = (one: Condition): Condition => {
    switch (one.kind) {
      case 'and':
        return allOf(one.conditions.map(rewrite));
      case 'or':
        return anyOf(one.conditions.map(rewrite));
      case 'not':
        return negationOf(rewrite(one.condition));
      case 'present':
      case 'compare':
        return leafNow(one, () => (moment ??= momentOf(type, rules)));
      default:
        return one;
    }
  };
  return rewrite(condition);
}

function leafNow(leaf: Leaf, moment: () => Moment): Condition {
  const [first, second, ...rest] = leaf.target;
  if (first?.key !== extension || second === undefined || rest.length > 0) return leaf;
  const { key } = second;
  if (key === 'status') {
    const { runOut } = moment();
    return anyOf([allOf([holdsFor(leaf, key, 'expired'), runOut]), allOf([leaf, negationOf(runOut)])]);
  }
  if (key !== 'locked' && key !== 'lockedreason') return leaf;
  const { lockedByFailures, notStarted, storedEnds } = moment();
  const lasting = targetOf(lockKeys.lasting);
  const isReason = key === 'lockedreason';
  const lastingLeaf: Condition = isReason
    ? { ...leaf, target: lasting }
    : anyOf([
        allOf([holdsFor(leaf, key, true), { kind: 'present', target: lasting }]),
        allOf([holdsFor(leaf, key, false), negationOf({ kind: 'present', target: lasting })]),
      ]);
  const neither = [negationOf(lockedByFailures), negationOf(notStarted)];
  return anyOf([
    allOf([holdsFor(leaf, key, isReason ? 'failedattempts' : true), lockedByFailures]),
    allOf([holdsFor(leaf, key, isReason ? 'notstarted' : true), notStarted, negationOf(lockedByFailures)]),
    allOf([...neither, storedEnds, lastingLeaf]),
    allOf([...neither, negationOf(storedEnds), leaf]),
  ]);
}

function momentOf(type: ResourceType, { settings, now }: Pick<Rules, 'settings' | 'now'>): Moment {
  const bound = (filter: string): Condition => bindFilter(type, parseFilter(filter));
  const of = (name: string): string => `${latchkeyUrn}:${name}`;
  const until = targetOf(lockKeys.until);
  return {
    runOut: bound(
      `(${of('status')} eq "invited" or ${of('status')} eq "delivered") and ${of('invitationExpiresAt')} `
        + `le "${now.toISOString()}"`,
    ),
    lockedByFailures: anyOf([
      { kind: 'compare', target: until, operator: 'gt', value: instantOf(now.toISOString()) ?? '' },
      // Earlier releases stored no end: such a lock counts until the sweep has looked at it.
      allOf([bound(`${of('lockedReason')} eq "failedAttempts"`), negationOf({ kind: 'present', target: until })]),
    ]),
    notStarted: bound(`${of('startDate')} gt "${startDateBy(now, settings).toISOString()}"`),
    storedEnds: bound(`${of('lockedReason')} eq "failedAttempts" or ${of('lockedReason')} eq "notStarted"`),
  };
}

/** Whether a condition on one attribute is true of this value. */
function holdsFor(leaf: Leaf, key: string, value: string | boolean): Condition {
  return matchCondition(leaf, { [extension]: { [key]: value } }) ? everything : nothing;
}

function targetOf(key: string): Target {
  return [
    { key: extension, multiValued: false },
    { key, multiValued: false },
  ];
}
