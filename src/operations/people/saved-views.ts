import type { Clock } from '../../base/clock.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { noteKind, type Notes } from '../../domain/notes.ts';
import { ConflictError, NotFoundError } from '../../scim/model/scim-error.ts';

/** A filter of people under a name, for everybody in the tenant. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  readonly query: JsonObject;
  /** Who saved it. */
  readonly by: string;
  readonly at: string;
}

const kind = noteKind<Omit<SavedView, 'id'>>('savedView');
const mostViews = 100;

/** The saved filters of a tenant. */
export class SavedViews {
  readonly #notes: Notes;
  readonly #clock: Clock;

  constructor(notes: Notes, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
  }

  /** By name. */
  async list(tenant: string): Promise<readonly SavedView[]> {
    const notes = await this.#notes.list({ tenant, kind, limit: mostViews });
    return notes
      .map(({ key, value }) => ({ id: key, ...value }))
      .sort((one, other) => one.name.localeCompare(other.name));
  }

  /** @throws ConflictError where there are too many */
  async save(tenant: string, view: Pick<SavedView, 'name' | 'query' | 'by'>): Promise<SavedView> {
    if ((await this.list(tenant)).length >= mostViews)
      throw new ConflictError(`There are ${mostViews} saved views already: delete one first.`);
    const id = this.#clock.newId();
    const query = isJsonObject(view.query) ? view.query : {};
    const saved = { name: view.name, query, by: view.by, at: this.#clock.now().toISOString() };
    await this.#notes.put({ tenant, kind, key: id, value: saved }, 0);
    return { id, ...saved };
  }

  /** @throws NotFoundError */
  async remove(tenant: string, id: string): Promise<void> {
    if (!(await this.#notes.remove(tenant, kind, id)))
      throw new NotFoundError(`There is no saved view with id "${id.slice(0, 100)}".`);
  }
}
