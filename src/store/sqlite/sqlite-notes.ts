import type { Clock } from '../../base/clock.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Note, NoteDraft, NoteKind, NoteQuery, Notes, NoteWritten } from '../../domain/notes.ts';
import { refuseOverdue } from '../../provisioning/records/refuse-overdue.ts';
import type { Connection } from './database/connection.ts';
import type { WriteThread } from './writing/write-thread.ts';

type Row = [tenant: string, key: string, version: number, expiresAt: string | null, lookups: string, body: string];

const columns = 'note.tenant, note.key, note.version, note.expires_at, note.lookups, note.body';
const lives = '(note.expires_at IS NULL OR note.expires_at > ?)';

/** Notes in SQLite. */
export class SqliteNotes implements Notes {
  readonly #reader: Connection;
  readonly #writes: WriteThread;
  readonly #clock: Clock;

  constructor(reader: Connection, writes: WriteThread, clock: Clock) {
    this.#reader = reader;
    this.#writes = writes;
    this.#clock = clock;
  }

  async find<Value extends object = JsonObject>(
    tenant: string,
    kind: NoteKind<Value> | string,
    key: string,
  ): Promise<Note<Value> | undefined> {
    const row = this.#reader.get<Row>(
      `SELECT ${columns} FROM notes note WHERE note.tenant = ? AND note.kind = ? AND note.key = ? AND ${lives}`,
      tenant,
      kind,
      key,
      this.#now(),
    );
    return row && noteOf<Value>(kind, row);
  }

  async lookUp<Value extends object = JsonObject>(
    kind: NoteKind<Value> | string,
    lookup: string,
  ): Promise<Note<Value> | undefined> {
    const row = this.#reader.get<Row>(
      `SELECT ${columns} FROM note_lookups JOIN notes note USING (tenant, kind, key)
       WHERE note_lookups.kind = ? AND note_lookups.lookup = ? AND ${lives}`,
      kind,
      lookup,
      this.#now(),
    );
    return row && noteOf<Value>(kind, row);
  }

  async list<Value extends object = JsonObject>({
    tenant,
    kind,
    prefix = '',
    after,
    limit,
  }: NoteQuery<Value>): Promise<readonly Note<Value>[]> {
    const rows = this.#reader.all<Row>(
      `SELECT ${columns} FROM notes note
       WHERE note.tenant = ? AND note.kind = ? AND note.key >= ? AND note.key > ? AND note.key < ? AND ${lives}
       ORDER BY note.key LIMIT ?`,
      tenant,
      kind,
      prefix,
      after ?? '',
      `${prefix}\u{10ffff}`,
      this.#now(),
      limit,
    );
    return rows.map((row) => noteOf<Value>(kind, row));
  }

  async walk(tenant: string, after: Pick<Note, 'kind' | 'key'> | undefined, limit: number): Promise<readonly Note[]> {
    const rows = this.#reader.all<[string, ...Row]>(
      `SELECT note.kind, ${columns} FROM notes note
       WHERE note.tenant = ? AND (note.kind, note.key) > (?, ?) AND ${lives}
       ORDER BY note.kind, note.key LIMIT ?`,
      tenant,
      after?.kind ?? '',
      after?.key ?? '',
      this.#now(),
      limit,
    );
    return rows.map(([kind, ...row]) => noteOf(kind, row));
  }

  async put<Value extends object = JsonObject>(
    draft: NoteDraft<Value>,
    expectedVersion: number | undefined,
    events: readonly DomainEvent[] = [],
  ): Promise<NoteWritten> {
    refuseOverdue();
    return this.#writes.run('putNote', draft, expectedVersion, this.#now(), events);
  }

  async remove(
    tenant: string,
    kind: string,
    key: string,
    expectedVersion?: number,
    events: readonly DomainEvent[] = [],
  ): Promise<boolean> {
    refuseOverdue();
    return this.#writes.run('removeNote', tenant, kind, key, expectedVersion, this.#now(), events);
  }

  purge(): Promise<void> {
    return this.#writes.run('purgeNotes', this.#now());
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}

function noteOf<Value extends object = JsonObject>(
  kind: string,
  [tenant, key, version, expiresAt, lookups, body]: Row,
): Note<Value> {
  return {
    tenant,
    kind,
    key,
    version,
    value: JSON.parse(body) as Value,
    lookups: JSON.parse(lookups) as string[],
    ...(expiresAt === null ? {} : { expiresAt }),
  };
}
