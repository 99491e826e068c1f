import type { Client, Rights } from '../domain/client.ts';
import type { Clock } from '../base/clock.ts';
import type { Credential } from '../domain/credential.ts';
import { omit } from '../base/omit.ts';
import type { ResourceTypes } from '../scim/model/resource-type.ts';
import { ConflictError, InvalidValueError, NotFoundError, ScimError } from '../scim/model/scim-error.ts';
import { applyOrder, type ClientOrder } from './client-order.ts';
import type { ClientRegister } from './client-register.ts';
import { draftOfOrder, orderLike, type CredentialOrder } from './credentials/credential-order.ts';
import { longestRotationDays, rotationDays, type MadeCredential } from './credentials/credential-register.ts';
import { environmentClient } from './first-client.ts';
import { covers, missingRights } from './rights.ts';

/** The caller that administers clients: it cannot grant more than it has. */
export interface Grantor {
  readonly tenant: string;
  /** A client's or administrator's name, kept as the maker of what they make. */
  readonly name: string;
  readonly rights: Rights;
}

/** What is needed to make a client. */
export interface NewClientOrder extends ClientOrder {
  readonly name: string;
}

/** How a credential is replaced. */
export interface RotationOrder extends Partial<Omit<CredentialOrder, 'kind'>> {
  /** Days that the old one works on: 7 unless said otherwise, at most 30. */
  readonly keepDays?: number;
}

/** A successor, and when the one before ends. */
export interface Rotated extends MadeCredential {
  readonly replaced: Credential;
}

/** What the services work with. */
export interface ClientAdminParts {
  readonly clients: ClientRegister;
  /** A tenant's. */
  readonly typesOf: (tenant: string) => ResourceTypes;
  readonly clock: Clock;
  readonly trustedHosts: ReadonlySet<string>;
  /** @returns whether a tenant has this user */
  readonly hasUser: (tenant: string, id: string) => Promise<boolean>;
}

const mostClients = 1000;
const mostLive = 50;

/** What administrators do about clients and their credentials. No act of theirs widens what they may hand out. */
export class ClientAdmin {
  readonly #parts: ClientAdminParts;

  constructor(parts: ClientAdminParts) {
    this.#parts = parts;
  }

  list({ tenant }: Grantor): Promise<readonly Client[]> {
    return this.#parts.clients.list(tenant);
  }

  /** @throws NotFoundError */
  async find({ tenant }: Grantor, id: string): Promise<Client> {
    const client = await this.#parts.clients.find(tenant, id);
    if (client === undefined) throw noSuchClient(id);
    return client;
  }

  /** @throws InvalidValueError naming a field; ScimError 403 for rights that the grantor lacks; ConflictError */
  async create(grantor: Grantor, order: NewClientOrder): Promise<Client> {
    const { clients, typesOf } = this.#parts;
    const { tenant } = grantor;
    await this.#expectUser(tenant, order);
    const usual = { profile: 'auto', scopes: ['scim:read', 'scim:write'], name: order.name } as const;
    const draft = { ...usual, ...applyOrder(usual, order, typesOf(tenant)), tenant, createdBy: grantor.name };
    expectCover(grantor, draft);
    if ((await clients.list(tenant)).length >= mostClients)
      throw new ConflictError(`There are ${mostClients} clients already: remove unused ones.`);
    const client = await clients.add(draft);
    if (client === undefined) throw new ConflictError('The id of the new client was taken: try again.');
    return client;
  }

  /**
   * @throws NotFoundError; InvalidValueError naming a field; ScimError 403 for rights that the grantor lacks, before
   *   or after the change; ConflictError where the client's rights are the environment's
   */
  async change(grantor: Grantor, id: string, order: ClientOrder): Promise<Client> {
    await this.#expectUser(grantor.tenant, order);
    const changed = await this.#parts.clients.change(grantor.tenant, id, (client) => {
      if (
        id === environmentClient
        && (order.scopes ?? order.resourceTypes ?? order.attributes ?? undefined) !== undefined
      )
        throw new ConflictError(
          'This client has every right for as long as LATCHKEY_TOKEN is set: make another client.',
        );
      const next: Client = { ...client, ...applyOrder(client, order, this.#parts.typesOf(client.tenant)) };
      for (const limit of ['resourceTypes', 'attributes', 'me'] as const)
        if (order[limit] === null) delete (next as { -readonly [Name in typeof limit]?: unknown })[limit];
      const onlyPauses = Object.keys(order).every((field) => field === 'paused') && order.paused === true;
      if (onlyPauses) expectMayEnd(grantor, client);
      else [client, next].forEach((one) => expectCover(grantor, one));
      return next;
    });
    if (changed === undefined) throw noSuchClient(id);
    return changed;
  }

  /** Removes a client with its credentials. @throws NotFoundError; ScimError 403 for the operator's */
  async remove(grantor: Grantor, id: string): Promise<void> {
    expectMayEnd(grantor, await this.find(grantor, id));
    if (!(await this.#parts.clients.remove(grantor.tenant, id))) throw noSuchClient(id);
  }

  /** Those that ended within the last 90 days too. @throws NotFoundError */
  async credentials(grantor: Grantor, id: string): Promise<readonly Credential[]> {
    await this.find(grantor, id);
    return this.#parts.clients.credentials.list(grantor.tenant, id);
  }

  /**
   * Makes a credential, which gives its holder the client's rights.
   * @throws NotFoundError; InvalidValueError naming a field; ScimError 403; ConflictError for one too many
   */
  async addCredential(grantor: Grantor, id: string, order: CredentialOrder): Promise<MadeCredential> {
    const client = await this.find(grantor, id);
    expectCover(grantor, client);
    const draft = await draftOfOrder(order, this.#parts);
    await this.#expectRoom(grantor.tenant, id);
    const made = await this.#parts.clients.credentials.add({
      ...draft,
      tenant: grantor.tenant,
      client: id,
      createdBy: grantor.name,
    });
    if (made === undefined) throw new ConflictError('The id of the new credential was taken: try again.');
    return made;
  }

  /**
   * Makes a credential's successor; the old one works on for a while.
   * @throws NotFoundError; InvalidValueError; ScimError 403; ConflictError for one that has ended or is the
   *   environment's
   */
  async rotate(grantor: Grantor, id: string, credentialId: string, order: RotationOrder = {}): Promise<Rotated> {
    const { credentials } = this.#parts.clients;
    const { tenant } = grantor;
    expectCover(grantor, await this.find(grantor, id));
    const old = await this.#credential(tenant, id, credentialId);
    this.#expectLive(old);
    if (id === environmentClient)
      throw new ConflictError(
        'This token is LATCHKEY_TOKEN: change the variable, and the next start takes the new one.',
      );
    const { keepDays = rotationDays, ...rest } = order;
    if (!Number.isInteger(keepDays) || keepDays < 0 || keepDays > longestRotationDays)
      throw new InvalidValueError(`keepDays must be a whole number from 0 to ${longestRotationDays}.`);
    const newSource = rest.jwks !== undefined || rest.jwksUrl !== undefined;
    const like = newSource ? omit(orderLike(old), 'jwks', 'jwksUrl') : orderLike(old);
    const draft = await draftOfOrder({ ...like, ...rest }, this.#parts);
    await this.#expectRoom(tenant, id);
    const made = await credentials.rotate(old, { ...draft, tenant, client: id, createdBy: grantor.name }, keepDays);
    if (made === undefined) throw new ConflictError('The id of the new credential was taken: try again.');
    return { ...made, replaced: await this.#credential(tenant, id, credentialId) };
  }

  /** Withdraws a credential at once. @throws NotFoundError; ScimError 403 for the operator's; ConflictError */
  async revoke(grantor: Grantor, id: string, credentialId: string): Promise<void> {
    expectMayEnd(grantor, await this.find(grantor, id));
    const { revokedAt } = await this.#credential(grantor.tenant, id, credentialId);
    const revoked = await this.#parts.clients.credentials.revoke(grantor.tenant, id, credentialId);
    if (!revoked) throw new ConflictError(`The credential was revoked before${revokedAt ? `, at ${revokedAt}` : ''}.`);
  }

  async #credential(tenant: string, client: string, id: string): Promise<Credential> {
    const credential = await this.#parts.clients.credentials.find(tenant, client, id);
    if (credential === undefined) throw new NotFoundError(`The client has no credential '${id.slice(0, 100)}'.`);
    return credential;
  }

  #expectLive({ revokedAt, expiresAt }: Credential): void {
    if (revokedAt !== undefined || (expiresAt !== undefined && expiresAt <= this.#parts.clock.now().toISOString()))
      throw new ConflictError('The credential has ended: make a new one.');
  }

  async #expectRoom(tenant: string, client: string): Promise<void> {
    const now = this.#parts.clock.now().toISOString();
    const live = (await this.#parts.clients.credentials.list(tenant, client)).filter(
      ({ expiresAt, revokedAt }) => revokedAt === undefined && (expiresAt === undefined || expiresAt > now),
    );
    if (live.length >= mostLive)
      throw new ConflictError(`The client has ${mostLive} live credentials: revoke those that are not used.`);
  }

  async #expectUser(tenant: string, { me }: ClientOrder): Promise<void> {
    if (typeof me === 'string' && !(await this.#parts.hasUser(tenant, me)))
      throw new InvalidValueError(`me names the id of a user; there is no user '${me.slice(0, 100)}'.`);
  }
}

/** @throws ScimError 403 where a client has, or would have, rights that the grantor lacks */
function expectCover({ name, rights }: Grantor, wanted: Rights): void {
  if (covers(rights, wanted)) return;
  throw new ScimError(
    403,
    undefined,
    `'${name}' may not hand out what it does not have: ${missingRights(rights, wanted)}. Use a client `
      + 'that has it, or the scope operator.',
  );
}

/** Taking access away needs the scope admin alone, but not from the operator. */
function expectMayEnd(grantor: Grantor, client: Client): void {
  if (client.scopes.includes('operator')) expectCover(grantor, client);
}

function noSuchClient(id: string): NotFoundError {
  return new NotFoundError(`There is no client '${id.slice(0, 100)}'.`);
}
