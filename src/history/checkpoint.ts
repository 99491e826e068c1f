import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** What a checkpoint says: so many entries, and the root of the Merkle tree over their hashes. */
export interface Checkpoint {
  /** Names the log: `scim.example.com/audit/default`. */
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
}

/** An Ed25519 key of the audit. */
export interface AuditKey {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

/** A checkpoint that cannot be believed: it says why. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** The bytes before an Ed25519 seed in PKCS #8, and before a public key in SPKI (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const spki = Buffer.from('302a300506032b6570032100', 'hex');

/** The signature type of Ed25519 (C2SP signed-note). */
const ed25519 = Buffer.of(1);
const mostSignatures = 64;

/** The key of a seed. @param seed 32 secret bytes */
export function auditKeyOf(seed: Buffer): AuditKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(spki.length);
  return { publicKey, privateKey };
}

/**
 * Signs a checkpoint: the text of C2SP tlog-checkpoint, as a signed note whose key has the name of the log.
 * @returns the note
 */
export function signCheckpoint({ origin, size, root }: Checkpoint, key: AuditKey): string {
  const text = `${origin}\n${size}\n${root}\n`;
  const signature = sign(null, Buffer.from(text), key.privateKey);
  const line = Buffer.concat([keyIdOf(origin, key.publicKey), signature]).toString('base64');
  return `${text}\n— ${origin} ${line}\n`;
}

/**
 * Reads a note and checks its signature.
 * @param publicKeys the trusted keys, 32 bytes each
 * @throws CheckpointError when it is not a checkpoint, or no trusted key has signed it
 */
export function openCheckpoint(note: string, publicKeys: readonly Buffer[]): Checkpoint {
  const end = note.lastIndexOf('\n\n');
  if (end === -1) throw new CheckpointError('This is not a signed note: it has no empty line before its signatures.');
  const text = note.slice(0, end + 1);
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (origin === '' || !/^(?:0|[1-9]\d{0,15})$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(root))
    throw new CheckpointError('This is not a checkpoint: its lines must be the origin, the size and the root hash.');
  const lines = note
    .slice(end + 2)
    .split('\n')
    .slice(0, mostSignatures)
    .flatMap((line) => /^— (\S+) (\S+)$/.exec(line)?.slice(1, 3) ?? []);
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] ?? '';
    const signature = Buffer.from(lines[index + 1] ?? '', 'base64');
    for (const key of publicKeys) {
      if (!keyIdOf(name, key).equals(signature.subarray(0, 4))) continue;
      const publicKey = createPublicKey({ key: Buffer.concat([spki, key]), format: 'der', type: 'spki' });
      if (name === origin && verify(null, Buffer.from(text), publicKey, signature.subarray(4)))
        return { origin, size: Number(size), root };
      throw new CheckpointError('The signature of the checkpoint is wrong: it was altered.');
    }
  }
  throw new CheckpointError('No known key has signed the checkpoint.');
}

/** The verifier key of C2SP signed-note: `<name>+<key id>+<type and key>`. */
export function verifierKey(origin: string, publicKey: Buffer): string {
  const id = keyIdOf(origin, publicKey).toString('hex');
  return `${origin}+${id}+${Buffer.concat([ed25519, publicKey]).toString('base64')}`;
}

/** @returns the key of a verifier key, or of its base64 alone; undefined for anything else */
export function readVerifierKey(text: string): Buffer | undefined {
  const encoded = text.trim().split('+').slice(2).join('+') || text.trim();
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length === 33 && bytes[0] === 1) return bytes.subarray(1);
  return bytes.length === 32 ? bytes : undefined;
}

/** @throws RangeError for a name that notes cannot have */
function keyIdOf(name: string, publicKey: Buffer): Buffer {
  return createHash('sha256').update(`${name}\n`).update(ed25519).update(publicKey).digest().subarray(0, 4);
}
