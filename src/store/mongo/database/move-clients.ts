import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../base/json.ts';
import type { Collections } from './collections.ts';
import { isDuplicate } from '../commands/database-errors.ts';

const batchSize = 100;

/**
 * Clients and their credentials are notes. An older client goes on as it was: its token has no end, its calls no limit,
 * its deactivations no guard. Where it is kept from before it stays, for processes of the older version that still
 * serve; those that start again refuse the newer schema. May break off and be done again.
 */
export async function moveClients({ clients, notes }: Collections): Promise<void> {
  const insert = async (_id: string, value: JsonObject, lookups?: string[]): Promise<void> => {
    try {
      const write = randomUUID();
      await notes.insertOne({ _id, version: 1, write, body: JSON.stringify(value), ...(lookups && { lookups }) });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  };
  for await (const client of clients.each({}, { sort: { _id: 1 } }, batchSize)) {
    const { _id, tenant, name, scopes, profile, createdAt, me, tokenHash } = client;
    const id = _id.slice(tenant.length + 1);
    const kept = { name, scopes, profile, createdAt, callsPerSecond: null, ...(me === undefined ? {} : { me }) };
    await insert(`${tenant}/client/${id}`, kept);
    await insert(`${tenant}/credential/${id}/first`, { kind: 'token', hash: tokenHash, createdAt }, [
      `credential/${tokenHash}`,
    ]);
    await insert(`${tenant}/start/firstClient`, {});
  }
}
