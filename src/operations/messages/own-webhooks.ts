import type { Json, JsonObject } from '../../base/json.ts';
import type { Settings, WebhookEndpoint } from '../../config/settings.ts';
import { ConflictError, NotFoundError } from '../../scim/model/scim-error.ts';
import { keptPrefix, type KeptSecrets } from '../../tenancy/kept-secrets.ts';
import { newWebhookSecret } from '../../webhooks/webhook-secret.ts';
import type { Call } from '../operation.ts';

/** Changes settings of the caller's tenant with every check of `changeSettings`. */
export type ChangeSettings = (call: Pick<Call, 'actor'>, patch: JsonObject) => Promise<void>;

/** What a tenant's own webhooks work with. */
export interface OwnWebhooksParts {
  readonly settingsOf: (tenant: string) => Settings;
  readonly kept: KeptSecrets;
  readonly change: ChangeSettings;
}

/** A new endpoint. */
export interface WebhookOrder {
  readonly id: string;
  readonly url: string;
  readonly events?: readonly string[];
  readonly attributes?: readonly string[];
}

/** While a secret is replaced, both sign (Standard Webhooks). */
const mostSecrets = 2;

/**
 * Endpoints that a tenant's own administrators make: each is signed with a secret made for it, which is told once and
 * kept sealed.
 */
export class OwnWebhooks {
  readonly #parts: OwnWebhooksParts;

  constructor(parts: OwnWebhooksParts) {
    this.#parts = parts;
  }

  /**
   * @returns the secret, to be shown this once
   * @throws ConflictError where the id is taken; InvalidValueError for what cannot be called
   */
  async create(call: Pick<Call, 'actor'>, { id, url, events, attributes }: WebhookOrder): Promise<string> {
    const { settingsOf } = this.#parts;
    const { webhooks } = settingsOf(call.actor.tenant);
    if (webhooks.some((one) => one.id === id)) throw new ConflictError(`There is a webhook '${id}' already.`);
    const { name, secret } = await this.#newSecret(call.actor.tenant, id);
    const made: JsonObject = {
      id,
      url,
      secrets: [keptPrefix + name],
      ...(events === undefined ? {} : { events: [...events] }),
      ...(attributes === undefined ? {} : { attributes: [...attributes] }),
    };
    await this.#write(call, [...webhooks, made], [name]);
    return secret;
  }

  /**
   * Gives an endpoint another secret; the present one signs along until the next time.
   * @returns the new secret, to be shown this once
   * @throws NotFoundError; ConflictError for one whose secrets are the operator's
   */
  async rotate(call: Pick<Call, 'actor'>, id: string): Promise<string> {
    const { tenant } = call.actor;
    const found = this.#find(tenant, id);
    if (found.kind !== 'http' || !found.secrets.every((one) => one.startsWith(keptPrefix)))
      throw new ConflictError('The secrets of this webhook are the operator’s: they are replaced where they are kept.');
    const { name, secret } = await this.#newSecret(tenant, id);
    const secrets = [keptPrefix + name, ...found.secrets].slice(0, mostSecrets);
    const { webhooks } = this.#parts.settingsOf(tenant);
    await this.#write(
      call,
      webhooks.map((one) => (one.id === id ? { ...one, secrets } : one)),
      [name],
    );
    await this.#forget(
      tenant,
      found.secrets.filter((one) => !secrets.includes(one)),
    );
    return secret;
  }

  /** @throws NotFoundError */
  async remove(call: Pick<Call, 'actor'>, id: string): Promise<void> {
    const { tenant } = call.actor;
    const found = this.#find(tenant, id);
    const { webhooks } = this.#parts.settingsOf(tenant);
    await this.#write(
      call,
      webhooks.filter((one) => one.id !== id),
      [],
    );
    if (found.kind === 'http') await this.#forget(tenant, found.secrets);
  }

  #find(tenant: string, id: string): WebhookEndpoint {
    const found = this.#parts.settingsOf(tenant).webhooks.find((one) => one.id === id);
    if (found === undefined) throw new NotFoundError(`The settings have no webhook '${id.slice(0, 100)}'.`);
    return found;
  }

  async #newSecret(tenant: string, id: string): Promise<{ readonly name: string; readonly secret: string }> {
    const { kept } = this.#parts;
    const secret = newWebhookSecret();
    const taken = new Set((await kept.list(tenant)).map(({ name }) => name));
    let number = 1;
    while (taken.has(nameOf(id, number))) number += 1;
    const name = nameOf(id, number);
    await kept.keep(tenant, name, secret);
    return { name, secret };
  }

  /** A change that is refused leaves no secret behind. */
  async #write(
    call: Pick<Call, 'actor'>,
    webhooks: readonly (WebhookEndpoint | JsonObject)[],
    made: readonly string[],
  ): Promise<void> {
    const { change, kept } = this.#parts;
    try {
      await change(call, { webhooks: plain(webhooks) });
    } catch (error) {
      for (const name of made) await kept.forget(call.actor.tenant, name);
      throw error;
    }
  }

  /** Only what was made for webhooks, and never a secret that has a name of its own. */
  async #forget(tenant: string, references: readonly string[]): Promise<void> {
    for (const reference of references)
      if (reference.startsWith(`${keptPrefix}webhook.`))
        await this.#parts.kept.forget(tenant, reference.slice(keptPrefix.length));
  }
}

function nameOf(id: string, number: number): string {
  return `webhook.${id}.${number}`;
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
