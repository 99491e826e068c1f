import { noticeDelivery } from '../administrators/administrator-addressee.ts';
import type { AdministratorRecords } from '../administrators/administrator-records.ts';
import { systemActor } from '../domain/actor.ts';
import type { Client } from '../domain/client.ts';
import { isReplaced, warningOf, type CredentialWarning } from '../clients/credentials/credential-warning.ts';
import type { Credential } from '../domain/credential.ts';
import type { DomainEvent } from '../domain/events.ts';
import { senderDomain } from '../notify/mail/sender-domain.ts';
import { planWebhooks } from '../webhooks/plan-webhooks.ts';
import type { Core } from './core/core.ts';

/** The kind of the notes that say which warnings were given. */
const kind = 'credentialWarning';
const dayMs = 86_400_000;

/** What warnings are given with. */
export type CredentialWarningsParts = Pick<
  Core,
  'clients' | 'credentialUses' | 'store' | 'tenants' | 'settingsOf' | 'clock'
> & { readonly administrators: Pick<AdministratorRecords, 'list'>; readonly wake: () => void };

/**
 * Warns of a tenant's credentials that end in 90, 30, 14, 7 days or one: by mail to its owners, by the event
 * `credential.ending` to webhooks, in the audit. Each step is told once, whatever process looks; a crash in the middle
 * repeats the step, and no message of it.
 * @returns how many warnings it gave
 */
export async function warnOfCredentials(parts: CredentialWarningsParts, tenant: string): Promise<number> {
  const { clients, credentialUses, clock } = parts;
  let given = 0;
  for (const client of await clients.list(tenant)) {
    const all = await clients.credentials.list(tenant, client.id);
    for (const credential of all) {
      const warning = warningOf(credential, clock.now());
      if (warning === undefined) continue;
      const used = (await credentialUses.of(tenant, client.id)).get(credential.id);
      if (isReplaced(credential, all, used?.lastUsedAt)) continue;
      if (await warn(parts, client, credential, warning)) given += 1;
    }
  }
  return given;
}

async function warn(
  { store, administrators, tenants, settingsOf, clock, wake }: CredentialWarningsParts,
  client: Client,
  { tenant, id, kind: which, expiresAt = '' }: Credential,
  { step, days }: CredentialWarning,
): Promise<boolean> {
  // The end is part of it: with another end the warnings begin again.
  const key = `${client.id}/${id}/${step}/${expiresAt.slice(0, 10)}`;
  if ((await store.notes.find(tenant, kind, key)) !== undefined) return false;
  const at = clock.now().toISOString();
  const event: DomainEvent = {
    id: `credential-${id}-${step}-${expiresAt.slice(0, 10)}`,
    tenant,
    type: 'credential.ending',
    at,
    resourceType: 'Credential',
    resourceId: `${client.id}/${id}`,
    version: 0,
    triggeredBy: 'system',
    actor: systemActor,
    name: client.name,
    data: { clientId: client.id, clientName: client.name, credential: id, kind: which, expiresAt, days },
  };
  const owners = (await administrators.list(tenant)).filter(({ role }) => role === 'owner');
  const told = { client: client.name, days, path: `/clients/${client.id}` };
  const domain = senderDomain(tenants.of(tenant).sender);
  const mails = owners.map((owner) => ({
    ...noticeDelivery(clock, tenant, owner.id, 'credentialEnds', domain, told),
    // The same however often it is planned, so that it is filed once.
    id: `${event.id}.${owner.id}.administratorNotice`,
    messageId: `<${event.id}.${owner.id}@${domain}>`,
  }));
  await store.events.append([event]);
  await store.outbox.settleEvents([], [...mails, ...planWebhooks(event, settingsOf(tenant).webhooks)]);
  const until = new Date(Date.parse(expiresAt) + dayMs).toISOString();
  await store.notes.put({ tenant, kind, key, value: { at }, expiresAt: until }, undefined);
  wake();
  return true;
}
