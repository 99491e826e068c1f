import type { Connection, mongo } from 'mongoose';
import { Collection } from '../commands/collection.ts';
import type { CollectionParts } from '../commands/collection.ts';
import { SessionPool } from '../commands/session-pool.ts';
import type {
  ClientDocument,
  CountDocument,
  DeliveryDocument,
  InstallationDocument,
  MailDocument,
  LeaseDocument,
  MemberChangeDocument,
  MembershipDocument,
  NoteDocument,
  RecordDocument,
  RequestDocument,
  TallyDocument,
} from './documents.ts';
import type { AuditDocument, ChainDocument, EventDocument, UnsealedDocument } from './audit-documents.ts';

/** The collections of one database. */
export interface Collections {
  readonly records: Collection<RecordDocument>;
  readonly memberships: Collection<MembershipDocument>;
  readonly memberChanges: Collection<MemberChangeDocument>;
  readonly events: Collection<EventDocument>;
  readonly deliveries: Collection<DeliveryDocument>;
  readonly mails: Collection<MailDocument>;
  readonly clients: Collection<ClientDocument>;
  readonly requests: Collection<RequestDocument>;
  readonly tallies: Collection<TallyDocument>;
  readonly notes: Collection<NoteDocument>;
  readonly leases: Collection<LeaseDocument>;
  readonly audit: Collection<AuditDocument>;
  readonly unsealed: Collection<UnsealedDocument>;
  readonly chains: Collection<ChainDocument>;
  readonly counts: Collection<CountDocument>;
  readonly installation: Collection<InstallationDocument>;
}

/** How safely the collections are read and written. */
export interface Concerns {
  /** A standalone server has no majority to read by. */
  readonly readConcern?: mongo.ReadConcernLike;
  readonly writeConcern: mongo.WriteConcernSettings;
}

/** What else collections are opened with. */
export interface CollectionsOptions extends Pick<CollectionParts, 'commandMs' | 'unanswered'> {
  /** Whether commands may have sessions that are used again. */
  readonly sessions?: boolean;
}

/**
 * The collections on a connection that is open; nothing is sent to the server. All reads go to the primary, whatever
 * the connection string says: what has just been written is read again at once.
 */
export function openCollections(
  connection: Connection,
  concerns: Concerns,
  { commandMs, unanswered, sessions = false }: CollectionsOptions = {},
): Collections {
  const { db } = connection;
  if (!db) throw new Error('the connection is not open');
  const parts: CollectionParts = {
    db,
    sessions: new SessionPool(sessions ? connection.getClient() : undefined),
    readConcern: concerns.readConcern,
    commandMs,
    unanswered,
  };
  const open = <T extends object>(name: string): Collection<T> =>
    new Collection(db.collection<T>(name, { ...concerns, readPreference: 'primary' }), parts);
  return {
    records: open('records'),
    memberships: open('memberships'),
    memberChanges: open('memberchanges'),
    events: open('events'),
    deliveries: open('deliveries'),
    mails: open('mails'),
    clients: open('clients'),
    requests: open('requests'),
    tallies: open('tallies'),
    notes: open('notes'),
    leases: open('leases'),
    audit: open('audit'),
    unsealed: open('unsealed'),
    chains: open('chains'),
    counts: open('counts'),
    installation: open('installation'),
  };
}
