import type { Client } from '../domain/client.ts';
import type { JsonObject } from '../base/json.ts';
import type { Note, NoteDraft } from '../domain/notes.ts';
import { daysAfter, rememberedDays } from './credentials/remembered.ts';

/** The kind of the notes that keep clients. */
export const clientKind = 'client';

/** A client as it is kept. One that was removed is remembered for as long as its credentials, to name it in logs. */
export interface KeptClient extends Client {
  readonly removedAt?: string;
}

/** How a client is kept. */
export function noteOfClient({ id, tenant, ...value }: KeptClient): NoteDraft {
  return {
    tenant,
    kind: clientKind,
    key: id,
    value: structuredClone(value) as unknown as JsonObject,
    ...(value.removedAt === undefined ? {} : { expiresAt: daysAfter(value.removedAt, rememberedDays) }),
  };
}

/** The client that a note keeps. What an older Latchkey did not write has the value that changes nothing for it. */
export function clientOf({ tenant, key, value }: Note): KeptClient {
  return {
    paused: false,
    existing: 'refuse',
    owns: [],
    guard: null,
    ...(value as unknown as Omit<Client, 'id' | 'tenant' | 'paused' | 'existing' | 'owns' | 'guard'>),
    tenant,
    id: key,
  };
}
