import type { JsonObject } from '../base/json.ts';
import { settingName, settingsBySchema } from '../config/parse-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { AdminActor } from '../provisioning/admin/admin-records.ts';
import { InvalidValueError, ScimError } from '../scim/model/scim-error.ts';
import { keptNamesIn } from '../tenancy/kept-names.ts';
import { keptPrefix, type KeptSecrets } from '../tenancy/kept-secrets.ts';
import { layered, namedSettings, patched } from '../tenancy/layered-settings.ts';
import { changesOwnership, moduleAmong, reservedChange } from '../tenancy/reserved-settings.ts';
import type { TenantChanges } from '../tenancy/tenant-changes.ts';
import type { Tenants } from '../tenancy/tenants.ts';
import { decodeWebhookSecret, WebhookSecretError } from '../webhooks/webhook-secret.ts';
import { operation, type Call, type Operation } from './operation.ts';

/** What the operations work with. */
export interface SettingsOperationsParts {
  readonly tenants: Tenants;
  readonly changes: TenantChanges;
  readonly kept: Pick<KeptSecrets, 'read'>;
  /** The product's defaults. */
  readonly defaults: Settings;
}

/** What administrators see of their tenant's settings, and change. */
export function settingsOperations(parts: SettingsOperationsParts): Readonly<Record<string, Operation>> {
  const { tenants, defaults } = parts;
  const change = createChangeSettings(parts);
  const view = (tenant: string): object => ({
    settings: tenants.of(tenant).settings,
    own: tenants.own(tenant),
    pinned: namedSettings(tenants.pinned(tenant)).map(settingName),
    defaults,
  });
  return {
    getSettings: operation(({ actor: { tenant } }) => ({ body: view(tenant) })),
    changeSettings: operation<JsonObject>(async (call) => {
      await change(call, call.body);
      return { body: view(call.actor.tenant) };
    }),
  };
}

/** Makes the change of a tenant's settings, with the checks of who may change what. */
export function createChangeSettings({
  tenants,
  changes,
  kept,
}: Omit<SettingsOperationsParts, 'defaults'>): (call: Pick<Call, 'actor'>, patch: JsonObject) => Promise<void> {
  /** What a setting refers to is there, and of the kind that is needed. */
  const expectSecrets = async (tenant: string, after: Settings): Promise<void> => {
    const inUse = keptNamesIn(tenants.of(tenant).settings);
    const forWebhooks = new Set(after.webhooks.flatMap((one) => ('secrets' in one ? one.secrets : [])));
    for (const name of keptNamesIn(after)) {
      if (inUse.has(name)) continue;
      const reference = keptPrefix + name;
      const secret = await kept.read(tenant, name);
      if (secret === undefined)
        throw new InvalidValueError(`${reference} is not kept: give it by PUT /admin/v1/secrets/${name} first.`);
      if (forWebhooks.has(reference)) keyOfWebhook(secret, reference);
    }
  };
  return async ({ actor }, patch) => {
    const { tenant } = actor;
    const before = tenants.of(tenant).settings;
    // One that is in force is pinned by the file: that is what the change will be told.
    if (moduleAmong(patch, before.webhooks) !== undefined)
      throw new ScimError(
        403,
        undefined,
        'A webhook that is a module runs with the rights of the server: the operator names it, in LATCHKEY_SETTINGS.',
      );
    const own = patched(tenants.own(tenant), patch);
    // Before the further checks: they look at variables and files of the operator's, and tell what they saw.
    const wanted = settingsBySchema(layered(own, tenants.pinned(tenant))).settings;
    if (wanted !== undefined) {
      expectAllowed(actor, before, wanted);
      expectAttributesKept(before, wanted);
    }
    const after = tenants.settingsWith(tenant, own).settings;
    if (after !== undefined) await expectSecrets(tenant, after);
    // What is wrong in itself is told by the change.
    await changes.changeSettings(tenant, patch);
  };
}

/** @throws InvalidValueError for an attribute of the tenant's own that goes, or changes its kind: users may have it */
function expectAttributesKept(before: Settings, after: Settings): void {
  for (const [name, kind] of Object.entries(before.scim.attributes)) {
    const next = after.scim.attributes[name];
    if (next !== kind)
      throw new InvalidValueError(
        `scim.attributes.${name} is ${kind} and users may have values of it: `
          + `${next === undefined ? 'it cannot be removed' : 'its kind cannot be changed'}. Add another attribute.`,
      );
  }
}

/** @throws ScimError 403 for what another decides */
function expectAllowed({ role, rights }: AdminActor, before: Settings, after: Settings): void {
  if (rights?.scopes.includes('operator') === true) return;
  const reserved = reservedChange(before, after);
  if (reserved !== undefined)
    throw new ScimError(
      403,
      undefined,
      `${reserved} uses secrets or servers of the installation: only the operator of the installation may set it.${
        reserved === 'mail.from' ? '' : ' With a secret of your own (kept:NAME) you may set it yourself.'
      }`,
    );
  if (role !== 'owner' && changesOwnership(before, after))
    throw new ScimError(403, undefined, 'console.oidc says who administers this tenant: only an owner may set it.');
}

/** @throws InvalidValueError where a kept secret is not one of a webhook */
function keyOfWebhook(secret: string, reference: string): void {
  try {
    decodeWebhookSecret(secret, reference);
  } catch (error) {
    if (!(error instanceof WebhookSecretError)) throw error;
    throw new InvalidValueError(error.message);
  }
}
