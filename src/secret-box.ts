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
 * Seals small secrets at rest: AES-256-GCM with a key from outside the database; the sealed text names its key, so
 * that keys can be changed while older secrets still open.
 */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #current: string;

  /**
   * @param keys 32 bytes each; the first seals, all of them open
   * @throws RangeError when there is none, or one of another length
   */
  constructor(keys: readonly Uint8Array[]) {
    const [first] = keys;
    if (first === undefined || keys.some((key) => key.length !== 32))
      throw new RangeError('A sealing key must have 32 bytes.');
    this.#keys = new Map(keys.map((key) => [keyId(key), Buffer.from(key)]));
    this.#current = keyId(first);
  }

  /** Seals a text: `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. */
  seal(text: string, owner: SealedFor): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.#current), nonce).setAAD(bind(owner));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return ['v1', this.#current, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /**
   * Opens what {@link seal} made for the same owner.
   * @throws SealBrokenError
   */
  open(sealedText: string, owner: SealedFor): string {
    try {
      const [version, id = '', nonce = '', text = ''] = sealedText.split('.');
      if (version !== 'v1') throw new TypeError('unknown form');
      const sealed = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', this.#key(id), Buffer.from(nonce, 'base64url'), {
        authTagLength: 16,
      })
        .setAAD(bind(owner))
        .setAuthTag(sealed.subarray(-16));
      return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SealBrokenError('The sealed secret cannot be opened.', { cause });
    }
  }

  /**
   * Keys for another use, such as signing, drawn from each sealing key (HKDF-SHA-256, RFC 5869); the current one
   * first.
   */
  derive(use: string): readonly Buffer[] {
    return [...this.#keys.values()].map((key) => Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), use, 32)));
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id);
    if (key === undefined) throw new RangeError(`no key ${id}`);
    return key;
  }
}

function keyId(key: Uint8Array): string {
  return createHash('sha256').update('latchkey key id').update(key).digest('hex').slice(0, 8);
}

/** As a JSON list, so that no two owners give the same bytes. */
function bind({ tenant, id, purpose }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify([tenant, id, purpose]));
}
