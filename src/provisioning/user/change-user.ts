import { emptyAccount } from '../records/account.ts';
import type { RecordChange } from '../records/record-writer.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { showLock } from './account-lock.ts';
import { readOnboarding, writeOnboarding } from './latchkey-extension.ts';
import type { UserDraft, Rules } from './user-draft.ts';

/** A stored user as a draft, for changes that no client asked for. */
export function draftOf({ resource, account = emptyAccount }: StoredRecord): UserDraft {
  return { resource, onboarding: readOnboarding(resource), account, events: [] };
}

/** The draft as a change to be written. */
export function finishDraft(draft: UserDraft, scene: Rules): RecordChange {
  showLock(draft, scene);
  return { resource: writeOnboarding(draft.resource, draft.onboarding), account: draft.account, events: draft.events };
}
