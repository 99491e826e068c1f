import { noteKind, type Note, type NoteDraft, type Notes } from '../domain/notes.ts';
import type { BulkRow, PeopleJob } from './people-job.ts';

/** People of one chunk: after each chunk a job writes down how far it is. */
export const chunkPeople = 25;
type KeptJob = Omit<PeopleJob, 'tenant' | 'id'>;
const kind = noteKind<KeptJob>('peopleJob');
const rowsKind = noteKind<{ readonly rows: readonly BulkRow[] }>('peopleJobRows');
const keptDays = 90;
const dayMs = 86_400_000;

/** Actions on many people over notes: a header, and chunks of rows. */
export class PeopleJobNotes {
  readonly #notes: Notes;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  async find(tenant: string, id: string): Promise<PeopleJob | undefined> {
    const note = await this.#notes.find(tenant, kind, id);
    return note === undefined ? undefined : jobOf(note);
  }

  /** Newest first: ids count down. */
  async list(tenant: string, limit: number, after?: string): Promise<readonly PeopleJob[]> {
    const query = { tenant, kind, limit, ...(after === undefined ? {} : { after }) };
    return (await this.#notes.list(query)).map(jobOf);
  }

  async add(job: PeopleJob): Promise<void> {
    await this.#notes.put(headerOf(job), 0);
  }

  /** Changes the header as it is at this moment. @returns undefined where there is no such job */
  async change(tenant: string, id: string, to: (job: PeopleJob) => PeopleJob): Promise<PeopleJob | undefined> {
    for (;;) {
      const note = await this.#notes.find(tenant, kind, id);
      if (note === undefined) return undefined;
      const wanted = to(jobOf(note));
      if ((await this.#notes.put(headerOf(wanted), note.version)).outcome === 'done') return wanted;
    }
  }

  async rows({ tenant, id }: PeopleJobRef, chunk: number): Promise<readonly BulkRow[]> {
    const note = await this.#notes.find(tenant, rowsKind, keyOf(id, chunk));
    return note?.value.rows ?? [];
  }

  async putRows({ tenant, id, createdAt }: PeopleJobRef, chunk: number, rows: readonly BulkRow[]): Promise<void> {
    const draft = { tenant, kind: rowsKind, key: keyOf(id, chunk), value: { rows }, expiresAt: endOf(createdAt) };
    await this.#notes.put(draft, undefined);
  }
}

type PeopleJobRef = Pick<PeopleJob, 'tenant' | 'id' | 'createdAt'>;

function headerOf({ tenant, id, ...value }: PeopleJob): NoteDraft<KeptJob> {
  return { tenant, kind, key: id, value, expiresAt: endOf(value.createdAt) };
}

function jobOf({ tenant, key, value }: Note<KeptJob>): PeopleJob {
  return { ...value, tenant, id: key };
}

function keyOf(id: string, chunk: number): string {
  return `${id}.${String(chunk).padStart(6, '0')}`;
}

function endOf(createdAt: string): string {
  return new Date(Date.parse(createdAt) + keptDays * dayMs).toISOString();
}
