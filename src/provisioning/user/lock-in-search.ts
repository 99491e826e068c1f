import { foldCase } from '../../scim/model/case-fold.ts';
import { instantOf } from '../../scim/time/instant.ts';
import { searchKey, type SearchDocument } from '../../scim/search/search-document.ts';
import { lastingReason, pausedUntil } from './account-lock.ts';
import { latchkeyUrn } from './latchkey-extension.ts';
import type { Rules, UserDraft } from './user-draft.ts';

/** Keys of the search document that are not attributes: what filters on a lock need to know of any moment to come. */
export const lockKeys = {
  /** When the lock by failed sign-ins ends; absent when there is none. */
  until: 'lockeduntil',
  /** The reason that remains when time has ended the others; absent when there is none. */
  lasting: 'lockedlasting',
} as const;

/** What the search document of a user holds beside the resource, so that filters need not wait for the sweep. */
export function lockInSearch(draft: UserDraft, rules: Rules): SearchDocument {
  const until = instantOf(pausedUntil(draft.account, rules.now) ?? '');
  const lasting = lastingReason(draft, rules);
  if (until === undefined && lasting === undefined) return {};
  return {
    [searchKey(latchkeyUrn)]: {
      ...(until === undefined ? {} : { [lockKeys.until]: until }),
      ...(lasting === undefined ? {} : { [lockKeys.lasting]: foldCase(lasting) }),
    },
  };
}
