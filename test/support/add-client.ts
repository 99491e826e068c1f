import type { Client } from '../../src/domain/client.ts';
import type { ClientDraft } from '../../src/clients/client-register.ts';
import { systemClock } from '../../src/base/clock.ts';
import { composeClients } from '../../src/composition/core/compose-clients.ts';
import type { Notes } from '../../src/domain/notes.ts';

/** Adds a client without limits to a store, with a token. */
export async function addClient(notes: Notes, draft: ClientDraft): Promise<{ client: Client; token: string }> {
  const { clients } = composeClients(notes, systemClock);
  const client = await clients.add({ callsPerSecond: null, guard: null, ...draft });
  if (client === undefined) throw new Error('the id is taken');
  const made = await clients.credentials.add({ tenant: draft.tenant, client: client.id, kind: 'token' });
  return { client, token: made?.value ?? '' };
}
