import type { JsonObject } from '../../../base/json.ts';
import type { Delivery } from '../../../notify/delivery/delivery.ts';
import type { CapturedMail } from '../../../notify/mail/mailbox.ts';
import type { IdempotencyKey } from '../../../scim/port/idempotency-key.ts';
import type { SearchDocument } from '../../../scim/search/search-document.ts';
import type { ClientProfile } from '../../../domain/client-profile.ts';

/**
 * A record with everything that is written with it: one document, hence one atomic write on any MongoDB, a standalone
 * too. A removed record has no type, so that no query finds it, and is kept only until its events and memberships are
 * processed. It keeps its tenant, by which the collection can be sharded.
 */
export interface RecordDocument {
  /** `tenant/id`. */
  _id: string;
  tenant?: string;
  type?: string;
  version: number;
  created: string;
  lastModified: string;
  /** When it was created, as `Stamps` tell it: the order of every list. */
  position: number;
  /** Names encoded, as in `account`. */
  resource?: JsonObject;
  /** The resource once more, as text: what reads answer with. */
  shown?: ShownDocument;
  account?: JsonObject;
  attempt?: IdempotencyKey;
  search?: SearchDocument;
  /** `tenant/type/key`; absent rather than empty, as are `lookupKeys`. */
  uniqueKeys?: string[];
  lookupKeys?: string[];
  /** When `DueRecords` return it, or `never`; absent when it was never judged. */
  dueAt?: string;
  /** Not yet settled, oldest first. */
  events: StampedEvent[];
  /** The stamp of the oldest unsettled event; absent when there is none. */
  relay?: number;
  /** Changes of members not yet carried out in the memberships, oldest first. */
  pendingMembers: PendingMembers[];
  /** The tenant, while `pendingMembers` has entries or a removed record has memberships. */
  moving?: string;
  /**
   * Whose memberships wait: the members that `pendingMembers` name, `*` where they may be any, and a removed record
   * itself. Absent when none wait.
   */
  naming?: string[];
  /** Which process applies the pending changes, and since when by the server's clock. */
  work?: { by: string; at: Date };
  /** What is added to the versions of its memberships, where the record was removed before and created again. */
  base?: number;
  /** The last few commits that went through: a commit that is tried again finds itself here. */
  commits: string[];
  /** What a removed record was. */
  removed?: { tenant: string; type: string; id: string };
  /** When MongoDB may delete a removed record that nothing waits for. */
  purgeAt?: Date;
}

/**
 * A resource as JSON text. An older Latchkey that serves beside a newer one writes the resource alone: this one belongs
 * to the version of the record that it names, and to no other.
 */
export interface ShownDocument {
  version: number;
  text: string;
  /** What put over `text` makes the whole, as JSON text; absent where `text` is the whole. */
  rest?: string;
  /** The terms of a `PublicText`; absent where `text` may not be shown as it is. */
  under?: string;
  until?: string | null;
}

/** An event inside its record. */
export interface StampedEvent {
  id: string;
  stamp: number;
  /** The event, its names encoded. */
  event: JsonObject;
}

/** A change of a group's members that the group's own write has decided. */
export interface PendingMembers {
  /** The group's version by this change. */
  version: number;
  clear: boolean;
  remove: string[];
  add: MemberEntry[];
  /**
   * Set where the change is too big for the group's document: the `memberchanges` of this commit hold the other part.
   */
  commit?: string;
  /** The removed record that this takes out of the group. */
  leaves?: string;
}

/** A member to add. */
export interface MemberEntry {
  value: string;
  type: 'User' | 'Group';
  display?: string;
}

/** A part of a big change of members, written before the commit that names it. */
export interface MemberChangeDocument {
  _id: string;
  commit: string;
  tenant: string;
  /** The group's id. */
  group: string;
  /** The members that it names. */
  names: string[];
  remove: string[];
  add: MemberEntry[];
  preparedAt: Date;
}

/**
 * One member of one group. It outlives its removal for a while, so that a late repetition of an older change cannot
 * bring it back.
 */
export interface MembershipDocument {
  /** `tenant/group/member`. */
  _id: string;
  tenant: string;
  group: string;
  member: string;
  type: 'User' | 'Group';
  display?: string;
  /** `type` and `display` as filters compare them; `value` is `member`. */
  search: { type: string; display?: string };
  present: boolean;
  /** The group's version that last touched it. */
  version: number;
  purgeAt?: Date;
}

/** How many records of a type a tenant has, where they are many. */
export interface CountDocument {
  /** `tenant/type`. */
  _id: string;
  number: number;
  /** When it is to be counted again, by the server's clock. */
  until: Date;
}

/** What is known of the database as a whole. */
export interface InstallationDocument {
  _id: string;
  version: number;
}

/** A delivery of the outbox. */
export interface DeliveryDocument extends Omit<Delivery, 'id' | 'data'> {
  _id: string;
  /** Names encoded. */
  data: JsonObject;
  /** When it was filed, as `Stamps` tell it: decides among those due at the same moment. */
  position: number;
}

/** A captured mail. */
export interface MailDocument extends CapturedMail {
  /** When it was captured, as `Stamps` tell it. */
  position: number;
}

/** A calling system, as it was kept before clients became notes. */
export interface ClientDocument {
  /** `tenant/id`. */
  _id: string;
  tenant: string;
  name: string;
  tokenHash: string;
  scopes: string[];
  profile: ClientProfile;
  createdAt: string;
  me?: string;
}

/** A tally. */
export interface TallyDocument {
  _id: string;
  count: number;
  lastAt: Date;
  expiresAt: Date;
}

/** A note; see `Notes`. */
export interface NoteDocument {
  /** `tenant/kind/key`. */
  _id: string;
  version: number;
  /** Names the last write, so that one that is repeated after a failure knows itself. */
  write: string;
  /** The value as JSON text: its keys may hold what MongoDB gives a meaning to. */
  body: string;
  /** `kind/lookup`. */
  lookups?: string[];
  /** Events written with it, as JSON text, until they are moved; `waits` while there are some. */
  audit?: string[];
  waits?: true;
  /** It was removed, and is there for its events alone. */
  gone?: true;
  expiresAt?: Date;
}

/** Work that one process does at a time. */
export interface LeaseDocument {
  _id: string;
  owner: string;
  until: Date;
}

/** A SCIM call of the request log. */
export interface RequestDocument {
  /** `tenant/moment/id`. */
  _id: string;
  client: string;
  clientName: string;
  status: number;
  path: string;
  /** The entry, its names encoded. */
  entry: JsonObject;
}
