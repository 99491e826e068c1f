import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { ExpiredCursorError, InvalidCursorError } from '../model/scim-error.ts';
import type { ListRequest } from './list-query.ts';
import type { WalkStart } from '../port/resource-handler.ts';

/** What a cursor is good for, and for nothing else. */
export interface CursorScope {
  readonly tenant: string;
  /** The calling client's id. */
  readonly client: string;
  /** The name of the resource type. */
  readonly resourceType: string;
  /** Its filter and order; `count` and the projection may change from page to page. */
  readonly request: Pick<ListRequest, 'filter' | 'sortBy' | 'descending'>;
}

const ivLength = 12;
const tagLength = 16;
const expiryLength = 8;

/**
 * Makes the cursor of the next page or the previous one (RFC 9865 §2): AES-256-GCM over where it starts and the
 * moment it expires, bound to its scope, in characters that a URL need not escape.
 * @param key 32 bytes
 */
export function sealCursor(key: Uint8Array, scope: CursorScope, start: WalkStart, expiresAt: Date): string {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(fingerprintOf(scope));
  const expiry = Buffer.alloc(expiryLength);
  expiry.writeDoubleBE(expiresAt.getTime());
  const sealed = Buffer.concat([
    cipher.update(expiry),
    cipher.update('after' in start ? `>${start.after}` : `<${start.before}`, 'utf8'),
    cipher.final(),
  ]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/**
 * Reads a cursor that a client sends back.
 * @param keys any of them may have sealed it
 * @returns where its page starts
 * @throws InvalidCursorError when it is not ours, damaged, or made for another scope; ExpiredCursorError when it is
 *   too old
 */
export function openCursor(keys: readonly Uint8Array[], scope: CursorScope, cursor: string, now: Date): WalkStart {
  let content: Buffer | undefined;
  for (const key of keys) content ??= unseal(key, scope, cursor);
  if (content === undefined) {
    throw new InvalidCursorError(
      'The cursor is not one that this server gave this client for this query. Begin again with an empty cursor.',
    );
  }
  if (content.readDoubleBE(0) <= now.getTime())
    throw new ExpiredCursorError('The cursor has expired. Begin again with an empty cursor.');
  const position = content.toString('utf8', expiryLength + 1);
  return content[expiryLength] === '>'.charCodeAt(0) ? { after: position } : { before: position };
}

function unseal(key: Uint8Array, scope: CursorScope, cursor: string): Buffer | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  // Node passes over what is not base64; a cursor has one spelling.
  if (bytes.length < ivLength + tagLength + expiryLength || bytes.toString('base64url') !== cursor) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivLength), { authTagLength: tagLength });
  decipher.setAAD(fingerprintOf(scope)).setAuthTag(bytes.subarray(ivLength, ivLength + tagLength));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivLength + tagLength)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function fingerprintOf({ tenant, client, resourceType, request }: CursorScope): Buffer {
  const { filter = null, sortBy = null, descending } = request;
  return createHash('sha256')
    .update(JSON.stringify(['cursor', 2, tenant, client, resourceType, filter, sortBy, descending]))
    .digest();
}
