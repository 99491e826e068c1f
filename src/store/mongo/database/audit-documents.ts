import type { RecordDocument } from './documents.ts';

/**
 * The id of a settled event: what a repetition of its settlement is known by. Nothing of the event itself is kept, for
 * events name people; MongoDB deletes it after a while.
 */
export interface EventDocument {
  _id: string;
  settledAt: Date;
}

/**
 * A sealed event, with the fields of a record, so that it is listed as one: `position` is its place in the chain, and
 * `resource` the entry as text.
 */
export interface AuditDocument extends Pick<
  RecordDocument,
  'tenant' | 'type' | 'version' | 'created' | 'lastModified' | 'position' | 'search'
> {
  /** `tenant/seq`, the latter with leading zeros: of two sequencers one can write it. */
  _id: string;
  /** The event's id: an event is sealed once. `tenant/id`. */
  event: string;
  resource: { entry: string };
}

/** An event that is safe and not yet sealed. */
export interface UnsealedDocument {
  /** The event's id. */
  _id: string;
  tenant: string;
  at: string;
  /** When it was moved here, as `Stamps` tell it: those of one record in the order they were written. */
  position: number;
  /** The event as JSON text. */
  body: string;
}

/** Where a chain ended when it was last looked at, and where what is left of it begins. Frontiers as text. */
export interface ChainDocument {
  /** The tenant. */
  _id: string;
  seq: number;
  hash: string;
  frontier: string;
  base?: { seq: number; hash: string; frontier: string; cutAt: string };
}
