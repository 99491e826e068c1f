import type { Client } from '../../domain/client.ts';
import { warningOf } from '../../clients/credentials/credential-warning.ts';
import { usualLimit } from '../../clients/call-limits.ts';
import type { Credential, CredentialUse } from '../../domain/credential.ts';
import { omit } from '../../base/omit.ts';

/** A client as administrators see it. */
export function viewClient(client: Client): object {
  return {
    ...omit(client, 'tenant'),
    callsPerSecond: client.callsPerSecond === undefined ? usualLimit : client.callsPerSecond,
  };
}

/** A credential as administrators see it: nothing that could be used in its place. */
export function viewCredential(credential: Credential, use: CredentialUse | undefined, now: Date): object {
  const { id, kind, createdAt, createdBy, expiresAt, revokedAt, beginning, ending, keys, federation } = credential;
  const warning = warningOf(credential, now);
  const isExpired = expiresAt !== undefined && expiresAt <= now.toISOString();
  return {
    id,
    kind,
    state: revokedAt !== undefined ? 'revoked' : isExpired ? 'expired' : 'live',
    createdAt,
    createdBy,
    expiresAt: expiresAt ?? null,
    ...(warning === undefined ? {} : { endsInDays: warning.days }),
    revokedAt,
    beginning,
    ending,
    ...keys,
    ...federation,
    ...use,
  };
}
