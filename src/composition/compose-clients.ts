import { AccessEpoch } from '../clients/access-epoch.ts';
import { type CallerFinder, StoredCallers } from '../clients/caller-finder.ts';
import { ClientRegister } from '../clients/client-register.ts';
import { CredentialUses } from '../clients/credential-uses.ts';
import type { Clock } from '../clock.ts';
import type { Notes } from '../notes.ts';

/** Clients, their credentials, and who calls with them. */
export interface ClientParts {
  readonly clients: ClientRegister;
  readonly callers: CallerFinder;
  readonly credentialUses: CredentialUses;
}

/** Puts together what keeps clients and finds them by what they send. */
export function composeClients(notes: Notes, clock: Clock): ClientParts {
  const epoch = new AccessEpoch(notes);
  const clients = new ClientRegister({ notes, epoch, clock });
  return { clients, callers: new StoredCallers(clients, epoch), credentialUses: new CredentialUses(notes, clock) };
}
