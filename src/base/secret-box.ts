import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** What a sealed secret belongs to; it opens for nothing else. */
export interface SealedFor {
  readonly tenant: string;
  readonly id: string;
  readonly purpose: string;
}

/** A sealed secret cannot be opened: made with a key that is gone, for something else, or altered. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

/**
 * The random bytes that set a tenant's keys apart, kept in the store: once they are erased, nothing that was sealed for
 * the tenant opens again. Undefined for a tenant that has none.
 */
export type SaltOf = (tenant: string) => Uint8Array | undefined;

/** `v1` is sealed with a key of the ring itself, `v2` with one that is derived from it for the tenant. */
const sealedText = /^(v[12])\.([0-9a-f]{8})\.([\w-]+)\.([\w-]+)$/;

/**
 * Seals small stored secrets: AES-256-GCM with a key from outside the database; the sealed text names its key, so that
 * keys can be changed while older secrets still open.
 */
export class SecretBox {
  readonly #saltOf: SaltOf;
  readonly #derived = new Map<string, readonly Buffer[]>();
  #keys: ReadonlyMap<string, Buffer> = new Map();
  #current = '';

  /**
   * @param keys 32 bytes each; the first seals, all of them open
   * @throws RangeError when there is none, or one of another length
   */
  constructor(keys: readonly Uint8Array[], saltOf: SaltOf = () => undefined) {
    this.#saltOf = saltOf;
    this.use(keys);
  }

  /**
   * Goes on with other keys: from now on the first of them seals.
   * @throws RangeError when there is none, or one of another length
   */
  use(keys: readonly Uint8Array[]): void {
    const [first] = keys;
    if (first === undefined || keys.some((key) => key.length !== 32))
      throw new RangeError('A sealing key must have 32 bytes.');
    this.#keys = new Map(keys.map((key) => [keyId(key), Buffer.from(key)]));
    this.#current = keyId(first);
    this.#derived.clear();
  }

  /** The ids of the keys, the one that seals first: what sealed texts name, of no use for opening them. */
  get keyIds(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** Seals a text: `v2.<key id>.<nonce>.<ciphertext and tag>`, base64url. */
  seal(text: string, owner: SealedFor): string {
    const salt = this.#saltOf(owner.tenant);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#sealingKey(this.#current, salt), nonce).setAAD(bind(owner));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const version = salt === undefined ? 'v1' : 'v2';
    return [version, this.#current, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /**
   * Opens what {@link seal} made for the same owner.
   * @throws SealBrokenError
   */
  open(sealed: string, owner: SealedFor): string {
    try {
      const [, version, id = '', nonce = '', text = ''] = sealedText.exec(sealed) ?? [];
      if (version === undefined) throw new TypeError('unknown form');
      const salt = version === 'v1' ? undefined : this.#saltOf(owner.tenant);
      if (version === 'v2' && salt === undefined) throw new RangeError('the tenant has no keys');
      const bytes = Buffer.from(text, 'base64url');
      const key = this.#sealingKey(id, salt);
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 })
        .setAAD(bind(owner))
        .setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SealBrokenError('The sealed secret cannot be opened.', { cause });
    }
  }

  /** Whether a text is sealed as {@link seal} would seal it now: with the current key, and the tenant's own. */
  isCurrent(sealed: string, tenant: string): boolean {
    const [, version, id] = sealedText.exec(sealed) ?? [];
    return id === this.#current && version === (this.#saltOf(tenant) === undefined ? 'v1' : 'v2');
  }

  /** Whether a text looks like a sealed one. */
  static isSealed(text: string): boolean {
    return sealedText.test(text);
  }

  /**
   * Keys for another use, such as signing, drawn from each sealing key (HKDF-SHA-256, RFC 5869); the current one
   * first. They change when the keys do, so ask for them when they are used.
   * @param tenant whose they are; undefined: the installation's
   */
  derive(use: string, tenant?: string): readonly Buffer[] {
    const salt = tenant === undefined ? undefined : this.#saltOf(tenant);
    const name = JSON.stringify([use, tenant ?? '', salt === undefined ? '' : Buffer.from(salt).toString('base64')]);
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const info = tenant === undefined ? use : JSON.stringify([use, tenant]);
    const made = [...this.#keys.values()].map((key) => hkdf(key, salt, info));
    if (this.#derived.size >= mostDerived) this.#derived.clear();
    this.#derived.set(name, made);
    return made;
  }

  #sealingKey(id: string, salt: Uint8Array | undefined): Buffer {
    const key = this.#keys.get(id);
    if (key === undefined) throw new RangeError(`no key ${id}`);
    return salt === undefined ? key : hkdf(key, salt, 'seal');
  }
}

/** Derived keys remembered at once: some uses for each of some thousand tenants. */
const mostDerived = 10_000;

/** The name that a sealed text gives its key. */
export function keyId(key: Uint8Array): string {
  return createHash('sha256').update('latchkey key id').update(key).digest('hex').slice(0, 8);
}

function hkdf(key: Buffer, salt: Uint8Array | undefined, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt ?? Buffer.alloc(0), info, 32));
}

/** As a JSON list, so that no two owners give the same bytes. */
function bind({ tenant, id, purpose }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify([tenant, id, purpose]));
}
