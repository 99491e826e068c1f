import type { Json, JsonObject } from '../../../base/json.ts';
import { omit } from '../../../base/omit.ts';
import type { RequestLogEntry } from '../../../domain/request-log.ts';
import { positionOf } from '../../../domain/request-log.ts';
import type { ChainEntry } from '../../../history/chain-entry.ts';
import type { Delivery } from '../../../notify/delivery/delivery.ts';
import type { CapturedMail } from '../../../notify/mail/mailbox.ts';
import type { StoredRecord } from '../../../provisioning/records/resource-store.ts';
import type { SearchDocument } from '../../../scim/search/search-document.ts';
import type { CopiedPart } from '../../copied-part.ts';
import type {
  DeliveryDocument,
  MailDocument,
  MembershipDocument,
  NoteDocument,
  RecordDocument,
  RequestDocument,
  TallyDocument,
} from '../database/documents.ts';
import { decodeNames, encodeNames } from '../database/field-names.ts';
import { indexedKey, recordKey, stateOf, storedRecord } from '../database/record-document.ts';
import type { Stamps } from '../database/stamps.ts';
import { membershipDocument } from '../members/membership-writes.ts';
import { noteDocument, noteOf } from '../mongo-notes.ts';
import { deliveryDocument, storedDelivery } from '../outbox/delivery-document.ts';
import { auditDocument, entryOf } from '../outbox/audit-document.ts';
import type { AuditDocument, ChainDocument } from '../database/audit-documents.ts';

/** How items of a part become documents, and documents items again. */
interface CopiedKind {
  readonly document: (item: JsonObject) => { _id: string };
  readonly item: (document: never) => JsonObject;
  /** Which documents are items. */
  readonly filter?: Readonly<Record<string, unknown>>;
}

/** Everything that is copied, as MongoDB keeps it. */
export function copiedDocuments(stamps: Stamps): Readonly<Record<CopiedPart, CopiedKind>> {
  return {
    notes: kind<CopiedNote, NoteDocument>(
      ({ version, ...draft }) => ({ ...noteDocument(draft, 'copied'), version }),
      (document) => noteOf(document),
      { gone: { $exists: false } },
    ),
    records: kind<CopiedRecord, RecordDocument>(
      ({ record, search, unique, lookup, dueAt }) => ({
        ...(stateOf({
          kind: 'put',
          record,
          expectedVersion: 0,
          search,
          uniqueKeys: unique,
          lookupKeys: lookup,
          events: [],
        }).set as RecordDocument),
        ...(dueAt === undefined ? {} : { dueAt }),
        _id: recordKey(record.tenant, record.id),
        position: stamps.next(),
        events: [],
        pendingMembers: [],
        commits: [],
      }),
      (document) => {
        const { tenant = '', type = '', search = {}, uniqueKeys = [], lookupKeys = [], dueAt } = document;
        const plain = (keys: readonly string[]) => keys.map((key) => key.slice(indexedKey(tenant, type, '').length));
        return {
          record: omit(storedRecord(document), 'publicText'),
          search: decodeNames(search) as SearchDocument,
          unique: plain(uniqueKeys),
          lookup: plain(lookupKeys),
          ...(dueAt === undefined ? {} : { dueAt }),
        };
      },
      { type: { $exists: true } },
    ),
    memberships: kind<CopiedMembership, MembershipDocument>(
      ({ tenant, group, version, member, ...rest }) =>
        membershipDocument({ tenant, group, version }, { value: member, ...rest }),
      ({ tenant, group, member, type, display, version }) => ({
        tenant,
        group,
        member,
        type,
        version,
        ...(display === undefined ? {} : { display }),
      }),
      { present: true },
    ),
    deliveries: kind<Delivery, DeliveryDocument>(
      (delivery) => ({ ...deliveryDocument(delivery), position: stamps.next() }),
      ({ position, ...filed }) => {
        void position;
        return storedDelivery(filed);
      },
    ),
    requests: kind<RequestLogEntry, RequestDocument>(
      (entry) => ({
        _id: recordKey(entry.tenant, positionOf(entry)),
        client: entry.client?.id ?? '',
        clientName: entry.client?.name ?? '',
        status: entry.status,
        path: entry.path,
        entry: encodeNames(entry),
      }),
      ({ entry }) => decodeNames(entry) as RequestLogEntry & ReturnType<typeof decodeNames>,
    ),
    audit: kind<ChainEntry, AuditDocument>(auditDocument, entryOf),
    chains: kind<Omit<ChainDocument, '_id'> & { readonly tenant: string }, ChainDocument>(
      ({ tenant, ...chain }) => ({ _id: tenant, ...chain }),
      ({ _id, ...chain }) => ({ tenant: _id, ...chain }),
    ),
    tallies: kind<CopiedTally, TallyDocument>(
      ({ key, count, lastAt, expiresAt }) => ({
        _id: key,
        count,
        lastAt: new Date(lastAt),
        expiresAt: new Date(expiresAt),
      }),
      ({ _id, count, lastAt, expiresAt }) => ({
        key: _id,
        count,
        lastAt: lastAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      }),
    ),
    mails: kind<CapturedMail, MailDocument & { _id: string }>(
      (mail) => ({ _id: `${mail.tenant}/${mail.id}`, ...mail, position: stamps.next() }),
      ({ _id, position, ...mail }) => {
        void [_id, position];
        return mail;
      },
    ),
  };
}

type CopiedNote = ReturnType<typeof noteOf>;
interface CopiedRecord {
  readonly record: StoredRecord;
  readonly search: SearchDocument;
  readonly unique: readonly string[];
  readonly lookup: readonly string[];
  readonly dueAt?: string;
}
type CopiedMembership = Pick<MembershipDocument, 'tenant' | 'group' | 'member' | 'type' | 'version' | 'display'>;
interface CopiedTally {
  readonly key: string;
  readonly count: number;
  readonly lastAt: string;
  readonly expiresAt: string;
}

/** Items come from another store's reader of the same part, so what they are is known. */
function kind<Item, Document extends { _id: string }>(
  document: (item: Item) => Document,
  item: (document: Document) => Item,
  filter?: CopiedKind['filter'],
): CopiedKind {
  return {
    document: (given) => document(given as Json as Item),
    item: (given) => item(given) as Json as JsonObject,
    ...(filter === undefined ? {} : { filter }),
  };
}
