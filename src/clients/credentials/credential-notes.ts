import type { Credential } from '../../domain/credential.ts';
import { noteKind, type Note, type NoteDraft } from '../../domain/notes.ts';
import { daysAfter, rememberedDays } from './remembered.ts';

/** A credential as its note holds it: the key names it. */
export type KeptCredential = Omit<Credential, 'id' | 'tenant' | 'client'>;

/** The kind of the notes that keep credentials. */
export const credentialKind = noteKind<KeptCredential>('credential');

/** The key of a credential's note: those of one client are listed by `<client>/`. */
export function credentialKey({ client, id }: Pick<Credential, 'client' | 'id'>): string {
  return `${client}/${id}`;
}

/** How a credential is kept: a token is found by its hash, from any tenant. */
export function noteOfCredential(credential: Credential): NoteDraft<KeptCredential> {
  const { tenant, kind, hash, expiresAt, revokedAt, createdAt, createdBy, beginning, ending, keys, federation } =
    credential;
  const ends = [expiresAt, revokedAt].filter((end) => end !== undefined).sort();
  return {
    tenant,
    kind: credentialKind,
    key: credentialKey(credential),
    // JSON has no undefined: what is absent is left out.
    value: JSON.parse(
      JSON.stringify({ kind, hash, beginning, ending, createdAt, createdBy, expiresAt, revokedAt, keys, federation }),
    ) as KeptCredential,
    ...lookupsOf(credential),
    ...(ends[0] === undefined ? {} : { expiresAt: daysAfter(ends[0], rememberedDays) }),
  };
}

/** What a credential is found by from its own value: a token by its hash. */
function lookupsOf({ kind, hash }: Credential): Pick<NoteDraft, 'lookups'> {
  return kind === 'token' && hash !== undefined ? { lookups: [hash] } : {};
}

/** The credential that a note keeps. */
export function credentialOf({ tenant, key, value }: Note<KeptCredential>): Credential {
  const cut = key.lastIndexOf('/');
  return { ...value, tenant, client: key.slice(0, cut), id: key.slice(cut + 1) };
}
