import type { MemberChangeDocument, MemberEntry, RecordDocument } from '../database/documents.ts';

/** The pending changes of one record, read beside the memberships that they may concern. */
export type PendingRecord = Pick<RecordDocument, '_id' | 'tenant' | 'pendingMembers' | 'removed'>;

/** What to read of it. */
export const pendingFields = { tenant: 1, pendingMembers: 1, removed: 1 } as const;

/** A part of a big change. */
export type PendingPart = Pick<MemberChangeDocument, 'commit' | 'remove' | 'add'>;

/** What to read of it. */
export const partFields = { commit: 1, remove: 1, add: 1 } as const;

/**
 * What the changes that wait in a group make of these members: the entry where one is added, false where it is taken
 * out. Members that no change names are not in it.
 * @param parts those of its big changes that name any of them
 */
export function outcomeOf(
  { pendingMembers }: Pick<PendingRecord, 'pendingMembers'>,
  parts: readonly PendingPart[],
  members: ReadonlySet<string>,
): ReadonlyMap<string, MemberEntry | false> {
  const outcome = new Map<string, MemberEntry | false>();
  for (const { clear, remove, add, commit } of pendingMembers) {
    const own = parts.filter((part) => part.commit === commit);
    if (clear) for (const member of members) outcome.set(member, false);
    for (const member of [remove, ...own.map((part) => part.remove)].flat())
      if (members.has(member)) outcome.set(member, false);
    for (const entry of [add, ...own.map((part) => part.add)].flat())
      if (members.has(entry.value)) outcome.set(entry.value, entry);
  }
  return outcome;
}

/** Fields as a projection writes them that puts them into an object; what is more than a flag is kept as it is. */
export function pathsOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value === 1 ? `$${field}` : value]));
}
