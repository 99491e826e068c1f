import type { Clock } from '../../base/clock.ts';
import type { Credential, CredentialUse } from '../../domain/credential.ts';
import { noteKind, type Notes } from '../../domain/notes.ts';
import { credentialKey } from './credential-notes.ts';
import { daysAfter, rememberedDays } from './remembered.ts';

const kind = noteKind<CredentialUse>('credentialUse');

/** A credential's last use is told to the second: more uses within it are not looked at. */
const finestMs = 1000;

/** The longest life of a credential and the time it is remembered: no use is kept for longer. */
const keptDays = 3 * 366 + rememberedDays;

type Used = Pick<Credential, 'tenant' | 'client' | 'id'>;

/** When and from where credentials were last used: gathered in memory, and written in batches. */
export class CredentialUses {
  readonly #notes: Notes;
  readonly #clock: Clock;
  readonly #seen = new Map<
    string,
    { readonly used: Used; readonly at: number; readonly from: string; fresh: boolean }
  >();

  constructor(notes: Notes, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
  }

  /** @param from answers the caller's address; asked only where it is to be kept */
  note(used: Used, from: () => string): void {
    const key = `${used.tenant}/${credentialKey(used)}`;
    const at = this.#clock.now().getTime();
    const before = this.#seen.get(key);
    if (before !== undefined && at - before.at < finestMs) return;
    this.#seen.set(key, { used, at, from: from(), fresh: true });
  }

  /** Writes what is new. What could not be written is tried again the next time. */
  async flush(): Promise<void> {
    for (const [key, seen] of this.#seen) {
      if (!seen.fresh) {
        // Nothing came since the last flush: forgetting it keeps the map as small as the callers are few.
        if (this.#clock.now().getTime() - seen.at >= finestMs) this.#seen.delete(key);
        continue;
      }
      seen.fresh = false;
      try {
        await this.#write(seen.used, new Date(seen.at), seen.from);
      } catch (error) {
        seen.fresh = true;
        throw error;
      }
    }
  }

  /** The last uses of a client's credentials, by their ids. */
  async of(tenant: string, client: string): Promise<ReadonlyMap<string, CredentialUse>> {
    await this.flush();
    const notes = await this.#notes.list({ tenant, kind, prefix: `${client}/`, limit: 1000 });
    return new Map(notes.map(({ key, value }) => [key.slice(client.length + 1), value] as const));
  }

  async #write(used: Used, at: Date, lastUsedFrom: string): Promise<void> {
    const lastUsedAt = at.toISOString();
    await this.#notes.put(
      {
        tenant: used.tenant,
        kind,
        key: credentialKey(used),
        value: { lastUsedAt, lastUsedFrom },
        expiresAt: daysAfter(at, keptDays),
      },
      undefined,
    );
  }
}
