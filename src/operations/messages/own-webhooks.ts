import type { Json, JsonObject } from '../../base/json.ts';
import type { Settings, WebhookEndpoint } from '../../config/settings.ts';
import { ConflictError, InvalidValueError, NotFoundError } from '../../scim/model/scim-error.ts';
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
  readonly hasClient: (tenant: string, client: string) => Promise<boolean>;
}

/** A new endpoint: what each kind has beside its id and events is said in `CreateWebhookRequest`. */
export interface WebhookOrder {
  readonly id: string;
  readonly kind?: 'http' | 'siem' | 'push' | 'poll';
  readonly url?: string;
  readonly events?: readonly string[];
  readonly attributes?: readonly string[];
  readonly batch?: number;
  readonly audience?: string;
  /** The whole value of the header `Authorization` that the receiver of a push wants: kept sealed. */
  readonly authorization?: string;
  /** The client that fetches, of `poll`. */
  readonly client?: string;
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
   * @returns the secret that signs what it is told, to be shown this once; undefined for `push` and `poll`, whose
   *   tokens are signed with the key of `/.well-known/jwks.json`
   * @throws ConflictError where the id is taken; InvalidValueError for what cannot be called
   */
  async create(call: Pick<Call, 'actor'>, order: WebhookOrder): Promise<string | undefined> {
    const { settingsOf, hasClient, kept } = this.#parts;
    const { tenant } = call.actor;
    const { id, kind = 'http', authorization, ...rest } = order;
    const { webhooks } = settingsOf(tenant);
    if (webhooks.some((one) => one.id === id)) throw new ConflictError(`There is a webhook '${id}' already.`);
    if (authorization !== undefined && kind !== 'push')
      throw new InvalidValueError('Only a webhook of the kind push has an authorization.');
    if (rest.client !== undefined && !(await hasClient(tenant, rest.client)))
      throw new InvalidValueError(`client: there is no client with the id '${rest.client.slice(0, 100)}'.`);
    const isSigned = kind === 'http' || kind === 'siem';
    const secret = isSigned ? newWebhookSecret() : authorization;
    const name = secret === undefined ? undefined : await this.#freeName(tenant, id);
    if (name !== undefined && secret !== undefined) await kept.keep(tenant, name, secret);
    const made: Record<string, Json> = { id, kind, ...plain<JsonObject>(rest) };
    if (name !== undefined && isSigned) made['secrets'] = [keptPrefix + name];
    else if (name !== undefined) made['authorization'] = keptPrefix + name;
    await this.#write(call, [...webhooks, made], name === undefined ? [] : [name]);
    return isSigned ? secret : undefined;
  }

  /**
   * Gives an endpoint another secret; the present one signs along until the next time.
   * @returns the new secret, to be shown this once
   * @throws NotFoundError; ConflictError for one whose secrets are the operator's
   */
  async rotate(call: Pick<Call, 'actor'>, id: string): Promise<string> {
    const { tenant } = call.actor;
    const found = this.#find(tenant, id);
    if (!('secrets' in found))
      throw new ConflictError('Nothing that this webhook is told is signed with a secret of its own.');
    if (!found.secrets.every((one) => one.startsWith(keptPrefix)))
      throw new ConflictError('The secrets of this webhook are the operator’s: they are replaced where they are kept.');
    const secret = newWebhookSecret();
    const name = await this.#freeName(tenant, id);
    await this.#parts.kept.keep(tenant, name, secret);
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
    if ('secrets' in found) await this.#forget(tenant, found.secrets);
    if (found.kind === 'push' && found.authorization !== null) await this.#forget(tenant, [found.authorization]);
  }

  #find(tenant: string, id: string): WebhookEndpoint {
    const found = this.#parts.settingsOf(tenant).webhooks.find((one) => one.id === id);
    if (found === undefined) throw new NotFoundError(`The settings have no webhook '${id.slice(0, 100)}'.`);
    return found;
  }

  async #freeName(tenant: string, id: string): Promise<string> {
    const taken = new Set((await this.#parts.kept.list(tenant)).map(({ name }) => name));
    let number = 1;
    while (taken.has(nameOf(id, number))) number += 1;
    return nameOf(id, number);
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

function plain<Value extends Json | JsonObject = Json>(value: unknown): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
