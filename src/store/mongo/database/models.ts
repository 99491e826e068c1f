import { Schema } from 'mongoose';
import type { Connection, Model, SchemaDefinition } from 'mongoose';
import type {
  ClientDocument,
  DeliveryDocument,
  EventDocument,
  MailDocument,
  MemberChangeDocument,
  MembershipDocument,
  RecordDocument,
  RequestDocument,
} from './documents.ts';

/** The collections. Their schemas declare fields and indexes; reads are lean, so that no document is wrapped. */
export interface Models {
  readonly records: Model<RecordDocument>;
  readonly memberships: Model<MembershipDocument>;
  readonly memberChanges: Model<MemberChangeDocument>;
  readonly events: Model<EventDocument>;
  readonly deliveries: Model<DeliveryDocument>;
  readonly mails: Model<MailDocument>;
  readonly clients: Model<ClientDocument>;
  readonly requests: Model<RequestDocument>;
}

const { Mixed } = Schema.Types;
const text = { type: String, required: true } as const;
const count = { type: Number, required: true } as const;

/** Makes the models on a connection of their own; nothing is registered globally and nothing is sent to the server. */
export function defineModels(connection: Connection): Models {
  return {
    records: connection.model<RecordDocument>('Record', recordSchema()),
    memberships: connection.model<MembershipDocument>('Membership', membershipSchema()),
    memberChanges: connection.model<MemberChangeDocument>('MemberChange', memberChangeSchema()),
    events: connection.model<EventDocument>('Event', eventSchema()),
    deliveries: connection.model<DeliveryDocument>('Delivery', deliverySchema()),
    mails: connection.model<MailDocument>('Mail', mailSchema()),
    clients: connection.model<ClientDocument>('Client', clientSchema()),
    requests: connection.model<RequestDocument>('Request', requestSchema()),
  };
}

/**
 * Makes what collections and indexes are missing, one after another. Several processes may do so at once: each step
 * is a no-op where another was quicker.
 */
export async function createCollections(models: Models): Promise<void> {
  for (const model of Object.values(models) as Model<unknown>[]) {
    await model.createCollection();
    await model.createIndexes();
  }
}

/**
 * The driver's own collection of records, for writes: the model would clone each document and drop members named
 * `constructor`.
 */
export function recordCollection({ records }: Models) {
  return records.db.collection<RecordDocument>(records.collection.name);
}

/**
 * A misspelt field is a fault of ours: it throws rather than being dropped from a query, which would then find too
 * much.
 */
function define<T>(collection: string, fields: SchemaDefinition): Schema<T> {
  return new Schema<T>(fields as SchemaDefinition<T>, {
    collection,
    versionKey: false,
    minimize: false,
    id: false,
    strict: 'throw',
    strictQuery: 'throw',
    autoIndex: false,
    autoCreate: false,
    // `remove` would only be in the way of wrapped documents, of which there are none.
    suppressReservedKeysWarning: true,
  });
}

function recordSchema(): Schema<RecordDocument> {
  const schema = define<RecordDocument>('records', {
    _id: text,
    tenant: String,
    type: String,
    version: count,
    created: text,
    lastModified: text,
    position: count,
    resource: Mixed,
    account: Mixed,
    attempt: Mixed,
    search: Mixed,
    uniqueKeys: { type: [String], default: undefined },
    lookupKeys: { type: [String], default: undefined },
    events: [Mixed],
    relay: Number,
    pendingMembers: [Mixed],
    moving: String,
    commits: [String],
    removed: Mixed,
    purgeAt: Date,
  });
  schema.index({ tenant: 1, type: 1, position: 1, _id: 1 });
  // Sparse, for an empty array counts as a value of its own in a unique index: records without keys would exclude
  // each other.
  schema.index({ uniqueKeys: 1 }, { unique: true, sparse: true });
  schema.index({ lookupKeys: 1 }, { sparse: true });
  for (const path of ['username', 'externalid', 'displayname', 'emails.value', 'id', 'meta.lastmodified']) {
    schema.index({ tenant: 1, type: 1, [`search.${path}`]: 1, position: 1, _id: 1 });
  }
  schema.index({ relay: 1 }, { sparse: true });
  schema.index({ 'events.id': 1 }, { sparse: true });
  schema.index({ moving: 1 }, { sparse: true });
  schema.index({ purgeAt: 1 }, { expireAfterSeconds: 0, sparse: true });
  return schema;
}

function membershipSchema(): Schema<MembershipDocument> {
  const schema = define<MembershipDocument>('memberships', {
    _id: text,
    tenant: text,
    group: text,
    member: text,
    type: text,
    display: String,
    search: Mixed,
    present: { type: Boolean, required: true },
    version: count,
    purgeAt: Date,
  });
  schema.index({ tenant: 1, group: 1, present: 1, member: 1 });
  schema.index({ tenant: 1, member: 1, present: 1, group: 1 });
  schema.index({ purgeAt: 1 }, { expireAfterSeconds: 0, sparse: true });
  return schema;
}

function memberChangeSchema(): Schema<MemberChangeDocument> {
  const schema = define<MemberChangeDocument>('memberchanges', {
    _id: text,
    commit: text,
    remove: [String],
    add: [Mixed],
    preparedAt: Date,
  });
  schema.index({ commit: 1, _id: 1 });
  return schema;
}

function eventSchema(): Schema<EventDocument> {
  const schema = define<EventDocument>('events', { _id: text, tenant: text, resourceId: text, at: text, event: Mixed });
  schema.index({ tenant: 1, resourceId: 1, at: 1 });
  return schema;
}

function deliverySchema(): Schema<DeliveryDocument> {
  const schema = define<DeliveryDocument>('deliveries', {
    _id: text,
    tenant: text,
    channel: text,
    template: text,
    userId: text,
    eventId: text,
    data: Mixed,
    state: text,
    createdAt: text,
    notBefore: text,
    attempts: count,
    domain: String,
    to: String,
    messageId: text,
    lease: Mixed,
    lastReply: String,
    heldFor: String,
    endedAt: String,
    reported: { type: Boolean, required: true },
    position: count,
  });
  schema.index({ state: 1, notBefore: 1, position: 1 });
  schema.index({ state: 1, domain: 1, notBefore: 1, position: 1 });
  schema.index({ tenant: 1, userId: 1, createdAt: -1, position: -1 });
  schema.index({ tenant: 1, state: 1, _id: -1 });
  schema.index({ position: 1 }, { partialFilterExpression: { reported: false }, name: 'unreported' });
  schema.index({ tenant: 1, endedAt: 1 }, { partialFilterExpression: { endedAt: { $exists: true } }, name: 'ended' });
  return schema;
}

function mailSchema(): Schema<MailDocument> {
  const schema = define<MailDocument>('mails', {
    id: text,
    to: text,
    subject: String,
    text: String,
    html: String,
    at: text,
    position: count,
  });
  schema.index({ position: -1, _id: -1 });
  return schema;
}

function clientSchema(): Schema<ClientDocument> {
  const schema = define<ClientDocument>('clients', {
    _id: text,
    tenant: text,
    name: text,
    tokenHash: text,
    scopes: [String],
    profile: text,
    createdAt: text,
    me: String,
  });
  schema.index({ tokenHash: 1 }, { unique: true });
  schema.index({ tenant: 1, createdAt: 1 });
  return schema;
}

function requestSchema(): Schema<RequestDocument> {
  return define<RequestDocument>('requests', {
    _id: text,
    client: text,
    clientName: text,
    status: count,
    path: text,
    entry: Mixed,
  });
}
