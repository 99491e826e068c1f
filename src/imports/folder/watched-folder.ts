import type { Leases } from '../../domain/leases.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { ImportView } from '../batch/import-view.ts';
import type { ImportClient } from '../batch/import-batch.ts';
import type { Imports } from '../run/imports.ts';
import { claim, inHand, isStill, lookAt, whatIs, type DroppedFile, type WorkFile } from './dropped-file.ts';
import { openPlaces, type DropPlaces } from './drop-places.ts';
import { putAway } from './put-away.ts';
import type { FolderOrder } from './load-folders.ts';

/** What watching a folder works with. */
export interface WatchedFolderParts {
  readonly imports: Pick<Imports, 'create' | 'find' | 'view' | 'run' | 'ask' | 'refusals' | 'newId'>;
  readonly leases: Leases;
  /** The name of this process among all that watch folders. */
  readonly owner: string;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** The present moment in milliseconds, of a clock that never goes back. */
  readonly elapsed: () => number;
  /** @returns undefined where there is no such client, or it may not write */
  readonly clientOf: (tenant: string, id: string) => Promise<(ImportClient & { readonly paused: boolean }) | undefined>;
}

/** How long a process has a folder to itself without a sign of life, in milliseconds. */
const leaseMs = 60_000;

/**
 * Imports the files of one folder, one after another. What is known of a file in hand is in its name and in its import,
 * so that whichever process comes next goes on with it: it is imported once, whatever dies in between.
 */
export class WatchedFolder {
  readonly #order: FolderOrder;
  readonly #parts: WatchedFolderParts;
  /** Since when a file has been as it is. */
  readonly #still = new Map<string, DroppedFile & { readonly since: number }>();
  /** What has been said already. */
  readonly #said = new Set<string>();

  constructor(order: FolderOrder, parts: WatchedFolderParts) {
    this.#order = order;
    this.#parts = parts;
  }

  /** One look: goes on with the file in hand as far as it goes now, else takes the next one. */
  async look(): Promise<void> {
    const { name, path, tenant } = this.#order;
    if (!(await this.#parts.leases.take(this.#lease, this.#parts.owner, leaseMs))) return;
    const places = await openPlaces(path);
    const client = await this.#client();
    if (client === 'wait') return;
    const [first] = await inHand(places);
    const file = first ?? (await this.#next(places));
    if (file === undefined) return;
    if (first === undefined)
      this.#parts.log.info({ folder: name, tenant, import: file.id }, `the file "${file.name}" is in hand`);
    await this.#goOn(places, file, client);
  }

  /** Lets another process have the folder at once. */
  release(): Promise<void> {
    return this.#parts.leases.release(this.#lease, this.#parts.owner);
  }

  get #lease(): string {
    return `importFolder/${this.#order.tenant}/${this.#order.name}`;
  }

  async #client(): Promise<ImportClient | undefined | 'wait'> {
    const { client: id, tenant } = this.#order;
    if (id === undefined) return undefined;
    const client = await this.#parts.clientOf(tenant, id);
    if (client === undefined) {
      this.#say('client', `there is no client "${id}" that may write users: make it, or name another`);
      return 'wait';
    }
    if (client.paused) {
      this.#say('paused', `the client "${id}" is paused: files wait until it is resumed`);
      return 'wait';
    }
    return client;
  }

  /** The oldest file that is whole, taken in hand. */
  async #next(places: DropPlaces): Promise<WorkFile | undefined> {
    const { files, refused } = await lookAt(places);
    for (const { name, reason } of refused) this.#say(`refused ${name}`, `"${name}" is not imported: ${reason}`);
    const now = this.#parts.elapsed();
    const names = new Set(files.map(({ name }) => name));
    for (const name of this.#still.keys()) if (!names.has(name)) this.#still.delete(name);
    for (const file of files) {
      const before = this.#still.get(file.name);
      if (before === undefined || !isSame(before, file)) {
        this.#still.set(file.name, { ...file, since: now });
        continue;
      }
      if (now - before.since < this.#order.settleSeconds * 1000) continue;
      this.#still.delete(file.name);
      const taken = await claim(places, file, this.#parts.imports.newId());
      if (taken !== undefined) return taken;
    }
    return undefined;
  }

  async #goOn(places: DropPlaces, file: WorkFile, client: ImportClient | undefined): Promise<void> {
    const { tenant } = this.#order;
    const found = await this.#parts.imports.find(tenant, file.id);
    if (found === undefined || found.stage === 'reading') {
      const reason = await this.#read(file, client);
      if (reason !== undefined) return this.#finish(places, file, reason);
    }
    const view = await this.#parts.imports.view(tenant, file.id);
    switch (view.state) {
      case 'planned':
        return this.#approve(places, file, view);
      case 'paused':
        return this.#say(`${file.id} paused`, `"${file.name}" is paused: ${view.reason ?? 'somebody has paused it'}`);
      case 'done':
        return this.#finish(places, file, undefined);
      case 'failed':
      case 'cancelled':
      case 'undone':
        return this.#finish(places, file, view.reason ?? `The import is ${view.state}.`);
      default:
        return undefined;
    }
  }

  /** @returns why the file as a whole cannot be imported */
  async #read({ id, name, path }: WorkFile, client: ImportClient | undefined): Promise<string | undefined> {
    const { name: folder, tenant, path: where, approve, settleSeconds, client: clientId, ...options } = this.#order;
    void [where, approve, settleSeconds, clientId];
    const before = await whatIs(path);
    try {
      await this.#parts.imports.create(tenant, `folder ${folder}`, { name, path }, options, { id, client });
    } catch (cause) {
      if (cause instanceof ScimError && cause.status < 500) return cause.message;
      throw cause;
    }
    if (before !== undefined && (await isStill(path, before))) return undefined;
    await this.#parts.imports.ask(tenant, id, 'cancel').catch(() => undefined);
    return 'The file was still being written while it was read. Drop it again, under another name until it is whole.';
  }

  /** Runs a plan that is within its limits; any other waits for somebody. */
  async #approve(places: DropPlaces, file: WorkFile, view: ImportView): Promise<void> {
    const { name, tenant, approve, invite, pauseAtShare = 0.2 } = this.#order;
    const { counts, questions, plan } = view;
    const waits = (why: string): void => this.#say(`${file.id} ${why}`, `"${file.name}" waits for approval: ${why}`);
    if (counts.refused > 0 && counts.refused === view.rows && counts.deactivated === 0) {
      await this.#parts.imports.ask(tenant, file.id, 'cancel');
      return this.#finish(places, file, 'Every row is refused.');
    }
    if (approve === 'ask') return waits('each plan of this folder is approved by somebody');
    if (counts.refused > view.rows * pauseAtShare)
      return waits(`${counts.refused} of ${view.rows} rows are refused, more than the share of ${pauseAtShare}`);
    const question = questions.find(({ name: about }) => about === 'deactivate');
    if (question !== undefined) return waits(question.text);
    const approval = { plan: plan?.hash ?? '', ...(invite === undefined ? {} : { invite }) };
    await this.#parts.imports.run(tenant, file.id, `folder ${name}`, approval);
  }

  /** @param reason why it has failed; undefined: it has not */
  async #finish(places: DropPlaces, file: WorkFile, reason: string | undefined): Promise<void> {
    const { name: folder, tenant } = this.#order;
    const refusals = await this.#parts.imports.refusals(tenant, file.id).catch(() => undefined);
    const kept = await putAway(places, file, reason, refusals);
    const fields = { folder, tenant, import: file.id };
    if (reason === undefined) this.#parts.log.info(fields, `the file "${file.name}" is imported: see ${kept}`);
    else this.#parts.log.warn(fields, `the file "${file.name}" is not imported: ${reason} See ${kept}`);
  }

  /** Once for each process. */
  #say(key: string, message: string): void {
    if (this.#said.has(key)) return;
    if (this.#said.size > 1_000) this.#said.clear();
    this.#said.add(key);
    this.#parts.log.warn({ folder: this.#order.name, tenant: this.#order.tenant }, message);
  }
}

function isSame(one: DroppedFile, other: DroppedFile): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeMs === other.mtimeMs;
}
