import type { Commit } from '../../../provisioning/records/resource-store.ts';
import type { PendingMembers } from '../database/documents.ts';
import type { MemberChanges } from '../members/member-changes.ts';
import type { Put } from './commit-writes.ts';

/** A create that changes no members. */
export function isPlainCreate(commit: Commit): commit is Put {
  if (commit.kind !== 'put' || commit.expectedVersion !== 0) return false;
  const { clear = false, remove = [], add = [] } = commit.members ?? {};
  return !clear && remove.length === 0 && add.length === 0;
}

/** The change of members that a commit decides, laid down where it is too big for the record's document. */
export async function pendingOf(
  changes: MemberChanges,
  commit: Commit,
  name: string,
): Promise<readonly PendingMembers[]> {
  if (commit.kind === 'remove' || !commit.members) return [];
  const { clear, remove, add } = commit.members;
  return clear || remove.length > 0 || add.length > 0
    ? [await changes.prepare(commit.members, commit.record, name)]
    : [];
}
