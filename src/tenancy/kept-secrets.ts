import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import type { Notes } from '../domain/notes.ts';
import { InvalidValueError } from '../scim/model/scim-error.ts';
import type { SealedFor } from '../base/secret-box.ts';

/** Seals a text for its owner, and opens it again. */
export interface SecretSeal {
  seal(text: string, owner: SealedFor): string;
  /** @throws SealBrokenError */
  open(sealed: string, owner: SealedFor): string;
}

const kind = 'keptSecret';
const purpose = 'kept secret';

/** How settings refer to a kept secret: `kept:` and its name. */
export const keptPrefix = 'kept:';

/** More than a tenant has endpoints and rotations of them. */
const mostListed = 1_000;

/**
 * Secrets that a tenant gave or was given through the API, such as those of its webhooks: sealed in the store, bound to
 * their tenant and name. Settings refer to them by name, so no settings ever hold one.
 */
export class KeptSecrets {
  readonly #notes: Notes;
  readonly #seal: SecretSeal;
  readonly #clock: Clock;

  constructor(notes: Notes, seal: SecretSeal, clock: Clock) {
    this.#notes = notes;
    this.#seal = seal;
    this.#clock = clock;
  }

  /**
   * Keeps a secret under a name, in the place of the one that has it.
   * @throws InvalidValueError where there are too many
   */
  async keep(tenant: string, name: string, secret: string): Promise<void> {
    const isNew = (await this.#notes.find(tenant, kind, name)) === undefined;
    if (isNew && (await this.list(tenant)).length >= mostListed)
      throw new InvalidValueError(
        `More than ${mostListed} secrets cannot be kept: forget those that nothing refers to.`,
      );
    const sealed = this.#seal.seal(secret, { tenant, id: name, purpose });
    await this.#write(tenant, name, { sealed, at: this.#clock.now().toISOString() }, undefined);
  }

  /** The names that there are, each with the moment of its last change (ISO 8601 UTC). */
  async list(tenant: string): Promise<readonly { readonly name: string; readonly changedAt: string }[]> {
    const found = await this.#notes.list({ tenant, kind, limit: mostListed });
    return found.map(({ key, value: { at } }) => ({ name: key, changedAt: typeof at === 'string' ? at : '' }));
  }

  /**
   * The secret of this name; undefined where there is none.
   * @throws SealBrokenError where its key is gone
   */
  async read(tenant: string, name: string): Promise<string | undefined> {
    const sealed = (await this.#notes.find(tenant, kind, name))?.value['sealed'];
    return typeof sealed === 'string' ? this.#seal.open(sealed, { tenant, id: name, purpose }) : undefined;
  }

  async forget(tenant: string, name: string): Promise<void> {
    await this.#notes.remove(tenant, kind, name);
  }

  /**
   * Has every secret of a tenant sealed again.
   * @param anew makes the sealed text of one that is there; the same text leaves it as it is
   */
  async reseal(tenant: string, anew: (sealed: string, owner: SealedFor) => string): Promise<void> {
    for (const { key, value, version } of await this.#notes.list({ tenant, kind, limit: mostListed })) {
      const before = value['sealed'];
      if (typeof before !== 'string') continue;
      const after = anew(before, { tenant, id: key, purpose });
      // One that was replaced meanwhile is sealed with the newest key already.
      if (after !== before) await this.#write(tenant, key, { ...value, sealed: after }, version);
    }
  }

  async #write(tenant: string, key: string, value: JsonObject, expected: number | undefined): Promise<void> {
    await this.#notes.put({ tenant, kind, key, value }, expected);
  }
}
