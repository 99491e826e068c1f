import type { Settings } from '../../config/settings.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Account } from '../records/account.ts';
import type { EventDraft } from '../records/origin.ts';
import type { Onboarding } from './latchkey-extension.ts';

/**
 * A user in the making: the rules of the first key change it step by step, and what comes out is written in one
 * commit.
 */
export interface UserDraft {
  /** The client's part: everything but the onboarding extension. */
  readonly resource: Resource;
  onboarding: Onboarding;
  account: Account;
  readonly events: EventDraft[];
}

/** What the rules need to know of the world. */
export interface Rules {
  readonly settings: Settings;
  readonly now: Date;
  readonly newId: () => string;
}
