import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Note, NoteDraft, NoteKind, NoteQuery, Notes, NoteWritten } from '../../domain/notes.ts';
import { refuseOverdue } from '../../provisioning/records/refuse-overdue.ts';
import type { Filter } from './commands/read-options.ts';
import type { Collections } from './database/collections.ts';
import { isDuplicate } from './commands/database-errors.ts';
import type { NoteDocument } from './database/documents.ts';
import type { Stamps } from './database/stamps.ts';
import { moveNoteEvents } from './outbox/note-events.ts';

/** Notes in MongoDB. Events that were written with a note wait in its document until they are moved. */
export class MongoNotes implements Notes {
  readonly #notes: Collections['notes'];
  readonly #collections: Collections;
  readonly #clock: Clock;
  readonly #stamps: Stamps;

  constructor(collections: Collections, clock: Clock, stamps: Stamps) {
    this.#notes = collections.notes;
    this.#collections = collections;
    this.#clock = clock;
    this.#stamps = stamps;
  }

  async find<Value extends object = JsonObject>(
    tenant: string,
    kind: NoteKind<Value> | string,
    key: string,
  ): Promise<Note<Value> | undefined> {
    return this.#living({ _id: idOf(tenant, kind, key) });
  }

  async lookUp<Value extends object = JsonObject>(
    kind: NoteKind<Value> | string,
    lookup: string,
  ): Promise<Note<Value> | undefined> {
    return this.#living({ lookups: lookupKey(kind, lookup) });
  }

  async list<Value extends object = JsonObject>({
    tenant,
    kind,
    prefix = '',
    after,
    limit,
  }: NoteQuery<Value>): Promise<readonly Note<Value>[]> {
    const found = await this.#notes.find(
      {
        _id: {
          $gte: idOf(tenant, kind, prefix),
          $lt: idOf(tenant, kind, `${prefix}\u{10ffff}`),
          ...(after === undefined ? {} : { $gt: idOf(tenant, kind, after) }),
        },
        ...this.#lives(),
      },
      { sort: { _id: 1 }, limit },
    );
    return found.map((document) => noteOf<Value>(document));
  }

  async walk(tenant: string, after: Pick<Note, 'kind' | 'key'> | undefined, limit: number): Promise<readonly Note[]> {
    const from = after === undefined ? idOf(tenant, '', '').slice(0, -1) : idOf(tenant, after.kind, after.key);
    // The character after the slash is the zero.
    const found = await this.#notes.find(
      { _id: { $gt: from, $lt: `${tenant}0` }, ...this.#lives() },
      { sort: { _id: 1 }, limit },
    );
    return found.map((document) => noteOf(document));
  }

  async put<Value extends object = JsonObject>(
    draft: NoteDraft<Value>,
    expectedVersion: number | undefined,
    events: readonly DomainEvent[] = [],
  ): Promise<NoteWritten> {
    refuseOverdue();
    const write = randomUUID();
    const document = noteDocument(draft, write);
    const audit = events.map((event) => JSON.stringify(event));
    try {
      const version = await this.#write(document, expectedVersion, audit);
      if (version !== undefined) {
        if (audit.length > 0) await moveNoteEvents(this.#collections, this.#stamps, document._id);
        return { outcome: 'done', version };
      }
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    return this.#refused(document, expectedVersion);
  }

  async remove(
    tenant: string,
    kind: string,
    key: string,
    expectedVersion?: number,
    events: readonly DomainEvent[] = [],
  ): Promise<boolean> {
    refuseOverdue();
    if (events.length > 0) return this.#removeWith(idOf(tenant, kind, key), expectedVersion, events);
    const { deletedCount } = await this.#notes.deleteOne({
      _id: idOf(tenant, kind, key),
      ...(expectedVersion === undefined ? {} : { version: expectedVersion }),
      waits: { $exists: false },
      ...this.#lives(),
    });
    // A note whose earlier events are not safe yet is removed together with them.
    return deletedCount === 1 || this.#removeWith(idOf(tenant, kind, key), expectedVersion, []);
  }

  async purge(): Promise<void> {
    // Not by a TTL: events of a note may still wait when it has ended.
    await moveNoteEvents(this.#collections, this.#stamps);
    await this.#notes.deleteInSteps({ expiresAt: { $lte: this.#clock.now() }, waits: { $exists: false } }, 'expiresAt');
  }

  /** The note is gone at once, and its document as soon as its events are moved. */
  async #removeWith(
    _id: string,
    expectedVersion: number | undefined,
    events: readonly DomainEvent[],
  ): Promise<boolean> {
    const { matchedCount } = await this.#notes.updateOne(
      { _id, ...(expectedVersion === undefined ? {} : { version: expectedVersion }), ...this.#lives() },
      {
        $set: { gone: true, waits: true, write: randomUUID() },
        $push: { audit: { $each: events.map((event) => JSON.stringify(event)) } },
        $unset: { lookups: '', expiresAt: '' },
      },
    );
    if (matchedCount === 1) await moveNoteEvents(this.#collections, this.#stamps, _id);
    return matchedCount === 1;
  }

  /** @returns the version written; undefined where the note had another than expected */
  async #write(
    document: NoteDocument,
    expectedVersion: number | undefined,
    audit: readonly string[],
  ): Promise<number | undefined> {
    const { _id, write, body, lookups, expiresAt } = document;
    if (expectedVersion === 0) {
      // A note that has ended or was removed gives way, but not before its events are safe.
      await moveNoteEvents(this.#collections, this.#stamps, _id);
      await this.#notes.deleteOne({ _id, waits: { $exists: false }, expiresAt: { $lte: this.#clock.now() } });
      await this.#notes.insertOne({ ...document, ...(audit.length > 0 && { audit: [...audit], waits: true }) });
      return 1;
    }
    const written = await this.#notes.findOneAndUpdate<NoteDocument>(
      expectedVersion === undefined ? { _id } : { _id, version: expectedVersion, ...this.#lives() },
      {
        $set: {
          write,
          body,
          ...(audit.length > 0 && { waits: true }),
          ...(lookups && { lookups }),
          ...(expiresAt && { expiresAt }),
        },
        // A removed note whose events are not safe yet is a note again.
        $unset: { gone: '', ...(lookups ? {} : { lookups: '' }), ...(expiresAt ? {} : { expiresAt: '' }) },
        ...(audit.length > 0 && { $push: { audit: { $each: [...audit] } } }),
        $inc: { version: 1 },
      },
      { upsert: expectedVersion === undefined },
    );
    return written?.version;
  }

  /** Why a write was refused. A write that was repeated after a failure finds itself, and is done. */
  async #refused({ _id, write, lookups }: NoteDocument, expectedVersion: number | undefined): Promise<NoteWritten> {
    const now = await this.#notes.findOne({ _id });
    if (now?.write === write) return { outcome: 'done', version: now.version };
    const asExpected = expectedVersion === undefined || (now?.version ?? 0) === expectedVersion;
    return { outcome: asExpected && (lookups ?? []).length > 0 ? 'taken' : 'conflict' };
  }

  async #living<Value extends object>(filter: Filter): Promise<Note<Value> | undefined> {
    const found = await this.#notes.findOne({ ...filter, ...this.#lives() });
    return found === null ? undefined : noteOf<Value>(found);
  }

  #lives(): Filter {
    return {
      gone: { $exists: false },
      $or: [{ expiresAt: { $exists: false } }, { expiresAt: { $gt: this.#clock.now() } }],
    };
  }
}

/** Tenants and kinds hold no slash, so no two notes share an id. */
function idOf(tenant: string, kind: string, key: string): string {
  return `${tenant}/${kind}/${key}`;
}

function lookupKey(kind: string, lookup: string): string {
  return `${kind}/${lookup}`;
}

/** A note as its document holds it. @param write names the write */
export function noteDocument(
  { tenant, kind, key, value, lookups = [], expiresAt }: NoteDraft<object>,
  write: string,
): NoteDocument {
  return {
    _id: idOf(tenant, kind, key),
    version: 1,
    write,
    body: JSON.stringify(value),
    // Left out where there are none: an empty list would count as a value in the unique index.
    ...(lookups.length === 0 ? {} : { lookups: lookups.map((lookup) => lookupKey(kind, lookup)) }),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
  };
}

/** The note of a document. */
export function noteOf<Value extends object = JsonObject>({
  _id,
  version,
  body,
  lookups = [],
  expiresAt,
}: NoteDocument): Note<Value> {
  const [tenant = '', kind = ''] = _id.split('/', 2);
  return {
    tenant,
    kind,
    key: _id.slice(tenant.length + kind.length + 2),
    version,
    value: JSON.parse(body) as Value,
    lookups: lookups.map((lookup) => lookup.slice(kind.length + 1)),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
  };
}
