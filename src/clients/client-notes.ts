import type { Client } from '../domain/client.ts';
import { noteKind, type Note, type NoteDraft } from '../domain/notes.ts';
import { daysAfter, rememberedDays } from './credentials/remembered.ts';

/** A client as it is kept. One that was removed is remembered for as long as its credentials, to name it in logs. */
export interface KeptClient extends Client {
  readonly removedAt?: string;
}

/** What an older Latchkey did not write. */
type Later = Pick<Client, 'paused' | 'existing' | 'owns' | 'guard'>;
type KeptValue = Omit<KeptClient, 'id' | 'tenant' | keyof Later> & Partial<Later>;

/** The kind of the notes that keep clients. */
export const clientKind = noteKind<KeptValue>('client');

/** How a client is kept. */
export function noteOfClient({ id, tenant, ...value }: KeptClient): NoteDraft<KeptValue> {
  return {
    tenant,
    kind: clientKind,
    key: id,
    value,
    ...(value.removedAt === undefined ? {} : { expiresAt: daysAfter(value.removedAt, rememberedDays) }),
  };
}

/** The client that a note keeps. What an older Latchkey did not write has the value that changes nothing for it. */
export function clientOf({ tenant, key, value }: Note<KeptValue>): KeptClient {
  return { paused: false, existing: 'refuse', owns: [], guard: null, ...value, tenant, id: key };
}
