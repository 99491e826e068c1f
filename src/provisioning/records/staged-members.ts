import type { Membership, MembershipChange } from './resource-store.ts';

/** What staged commits have made of a group's members. */
export class StagedMembers {
  cleared = false;
  readonly removed = new Set<string>();
  readonly added = new Map<string, Membership>();

  /** Clears, then removes, then adds. */
  change({ clear, remove, add }: MembershipChange): void {
    if (clear) {
      this.cleared = true;
      this.removed.clear();
      this.added.clear();
    }
    for (const value of remove) {
      this.added.delete(value);
      this.removed.add(value);
    }
    for (const member of add) this.added.set(member.value, member);
  }
}
