import type { ClientAdmin, Grantor, NewClientOrder, RotationOrder } from '../../clients/client-admin.ts';
import type { ClientOrder } from '../../clients/client-order.ts';
import type { CredentialOrder } from '../../clients/credentials/credential-order.ts';
import type { MadeCredential } from '../../clients/credentials/credential-register.ts';
import type { CredentialUses } from '../../clients/credentials/credential-uses.ts';
import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Client } from '../../domain/client.ts';
import type { AdminActor } from '../../provisioning/admin/admin-records.ts';
import { credentialLife } from '../credential-life.ts';
import { viewClient, viewCredential } from './client-view.ts';
import { operation, type Operation } from '../operation.ts';

/** What the operations work with. */
export interface ClientOperationsParts {
  readonly admin: ClientAdmin;
  readonly uses: Pick<CredentialUses, 'of'>;
  readonly clock: Clock;
  /** Works out what would become of a client's call; stores and sends nothing. */
  readonly preview: (client: Client, call: JsonObject, requestId: string) => Promise<object>;
}

/** What administrators do about the systems that call. */
export function clientOperations({
  admin,
  uses,
  clock,
  preview,
}: ClientOperationsParts): Readonly<Record<string, Operation>> {
  /** With what is shown this once: a token, or a secret with the id that goes with it. */
  const viewMade = ({ credential, value }: MadeCredential): object => ({
    ...viewCredential(credential, undefined, clock.now()),
    ...(value === undefined ? {} : { [credential.kind]: value }),
    ...(credential.kind === 'token' ? {} : { clientId: credential.client }),
  });
  return {
    listClients: operation(async ({ actor }) => {
      const grantor = grantorOf(actor);
      const clients = (await admin.list(grantor)).map(async (client) => {
        const { credentials } = credentialLife(await admin.credentials(grantor, client.id), clock.now());
        return { ...viewClient(client), credentials };
      });
      return { body: { clients: await Promise.all(clients) } };
    }),
    createClient: operation<NewClientOrder>(async ({ actor, body }) => ({
      status: 201,
      body: viewClient(await admin.create(grantorOf(actor), body)),
    })),
    getClient: operation(async ({ actor, id }) => ({ body: viewClient(await admin.find(grantorOf(actor), id)) })),
    changeClient: operation<ClientOrder>(async ({ actor, id, body }) => ({
      body: viewClient(await admin.change(grantorOf(actor), id, body)),
    })),
    previewClientCall: operation<JsonObject>(async ({ actor, id, body }) => ({
      body: await preview(await admin.find(grantorOf(actor), id), body, actor.requestId),
    })),
    deleteClient: operation(async ({ actor, id }) => {
      await admin.remove(grantorOf(actor), id);
      return { body: undefined };
    }),

    listCredentials: operation(async ({ actor, id }) => {
      const credentials = await admin.credentials(grantorOf(actor), id);
      const used = await uses.of(actor.tenant, id);
      return { body: { credentials: credentials.map((one) => viewCredential(one, used.get(one.id), clock.now())) } };
    }),
    createCredential: operation<CredentialOrder>(async ({ actor, id, body }) => ({
      status: 201,
      body: viewMade(await admin.addCredential(grantorOf(actor), id, body)),
    })),
    rotateCredential: operation<RotationOrder>(async ({ actor, id, params, body }) => {
      const rotated = await admin.rotate(grantorOf(actor), id, params['credential'] ?? '', body);
      const { id: old, expiresAt } = rotated.replaced;
      return { status: 201, body: { ...viewMade(rotated), replaced: { id: old, expiresAt: expiresAt ?? null } } };
    }),
    revokeCredential: operation(async ({ actor, id, params }) => {
      await admin.revoke(grantorOf(actor), id, params['credential'] ?? '');
      return { body: undefined };
    }),
  };
}

/** Who acts, as far as handing out rights goes. */
export function grantorOf({ tenant, client, rights = { scopes: [] } }: AdminActor): Grantor {
  return { tenant, name: client, rights };
}
