import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { noteKind, type Notes } from '../domain/notes.ts';
import { type AuditKey, auditKeyOf, signCheckpoint, verifierKey } from './checkpoint.ts';
import type { ChainHead } from './chain-entry.ts';
import type { EventLog } from './event-log.ts';

/** What a Checkpointer works with. */
export interface CheckpointerParts {
  readonly events: Pick<EventLog, 'head'>;
  readonly notes: Pick<Notes, 'find' | 'put' | 'list'>;
  /** A tenant's seeds, 32 bytes each: the first signs. */
  readonly seedsOf: (tenant: string) => readonly Buffer[];
  /** Names a tenant's log: `scim.example.com/audit/default`. */
  readonly originOf: (tenant: string) => string;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Where checkpoints go beside the log; a place that fails is told in the log and holds up nothing. */
  readonly send?: (tenant: string, issued: IssuedCheckpoint) => Promise<void>;
}

/** A checkpoint that was issued. */
export interface IssuedCheckpoint {
  readonly size: number;
  /** The signed note. */
  readonly note: string;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** Events between two checkpoints at most; milliseconds between two while there are events, and without. */
const everyEvents = 1_000;
const everyMs = 60_000;
const quietMs = 3_600_000;

/** The kinds of its notes. */
const issuedKind = noteKind<IssuedCheckpoint>('auditCheckpoint');
const keyKind = 'auditKey';
const mostKeys = 100;

/** Signs the present end of each tenant's chain, so that the database alone is not enough to rebuild one. */
export class Checkpointer {
  readonly #parts: CheckpointerParts;
  readonly #last = new Map<string, IssuedCheckpoint>();
  /** The tenants whose chains were longer than what is signed when they were looked at. */
  readonly #behind = new Set<string>();
  /** When chains that nothing is signed of were looked at, in milliseconds. */
  readonly #emptyAt = new Map<string, number>();

  constructor(parts: CheckpointerParts) {
    this.#parts = parts;
  }

  /** Issues a checkpoint where one is due: to be called now and then. Where nothing can be due, nothing is read. */
  async look(tenant: string): Promise<void> {
    const last = this.#last.get(tenant);
    const [now, before] = [this.#parts.clock.now().getTime(), this.#emptyAt.get(tenant) ?? -Infinity];
    const isQuiet = now - (last === undefined ? before : Date.parse(last.at)) < quietMs;
    if (isQuiet && !this.#behind.has(tenant)) return;
    if (last === undefined) this.#emptyAt.set(tenant, now);
    await this.tick(tenant);
  }

  /** Issues a checkpoint where one is due: to be called after events were sealed. */
  async tick(tenant: string): Promise<void> {
    const last = this.#last.get(tenant) ?? (await this.latest(tenant));
    const since = this.#parts.clock.now().getTime() - (last === undefined ? 0 : Date.parse(last.at));
    if (last !== undefined) {
      this.#last.set(tenant, last);
      if (since < 1_000) {
        this.#behind.add(tenant);
        return;
      }
    }
    const head = await this.#parts.events.head(tenant);
    const added = head.seq - (last?.size ?? 0);
    if (added > 0) this.#behind.add(tenant);
    else this.#behind.delete(tenant);
    if (added >= everyEvents || (added > 0 && since >= everyMs) || (head.seq > 0 && since >= quietMs))
      await this.issue(tenant, head);
  }

  /** Signs where a chain ends now, and sends that out. */
  async issue(tenant: string, head?: ChainHead): Promise<IssuedCheckpoint> {
    const { events, notes, originOf, clock, log, send } = this.#parts;
    const { seq, frontier } = head ?? (await events.head(tenant));
    const key = this.#key(tenant);
    const root = frontier.root.toString('base64');
    const note = signCheckpoint({ origin: originOf(tenant), size: seq, root }, key);
    const issued = { size: seq, note, at: clock.now().toISOString() };
    // The key first: a reader who finds a checkpoint must find its key.
    await notes.put({ tenant, kind: keyKind, key: key.publicKey.toString('base64url'), value: {} }, undefined);
    await notes.put({ tenant, kind: issuedKind, key: 'latest', value: issued }, undefined);
    this.#last.set(tenant, issued);
    this.#behind.delete(tenant);
    log.info({ tenant, size: seq, root, checkpoint: note }, 'audit checkpoint');
    await send?.(tenant, issued).catch((error: unknown) =>
      log.warn({ err: error, tenant }, 'a checkpoint of the audit could not be sent out; the next one says as much'),
    );
    return issued;
  }

  /** The last one issued. */
  async latest(tenant: string): Promise<IssuedCheckpoint | undefined> {
    return (await this.#parts.notes.find(tenant, issuedKind, 'latest'))?.value;
  }

  /** The public keys that have ever signed for a tenant, 32 bytes each, the present one first. */
  async publicKeys(tenant: string): Promise<readonly Buffer[]> {
    const now = this.#parts.seedsOf(tenant).map((seed) => auditKeyOf(seed).publicKey);
    const kept = await this.#parts.notes.list({ tenant, kind: keyKind, limit: mostKeys });
    const all = [...now, ...kept.map(({ key }) => Buffer.from(key, 'base64url'))];
    return all.filter((key, index) => all.findIndex((other) => other.equals(key)) === index);
  }

  /** What `/.well-known/latchkey-audit-keys` says: the name of the log, and its keys as C2SP verifier keys. */
  async published(tenant: string): Promise<{ readonly origin: string; readonly keys: readonly { key: string }[] }> {
    const origin = this.#parts.originOf(tenant);
    const keys = await this.publicKeys(tenant);
    return { origin, keys: keys.map((key) => ({ key: verifierKey(origin, key) })) };
  }

  #key(tenant: string): AuditKey {
    const [seed] = this.#parts.seedsOf(tenant);
    if (seed === undefined) throw new Error('there is no key for the audit');
    return auditKeyOf(seed);
  }
}
