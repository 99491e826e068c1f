import type { Settings } from '../../config/settings.ts';
import { ConflictError, NotFoundError } from '../../scim/model/scim-error.ts';
import { keptPrefix, type KeptSecrets } from '../../tenancy/kept-secrets.ts';
import { keptNamesIn } from '../../tenancy/kept-names.ts';
import { operation, type Operation } from '../operation.ts';

/** What the operations work with. */
export interface SecretOperationsParts {
  readonly kept: KeptSecrets;
  readonly settingsOf: (tenant: string) => Settings;
}

/** A secret that is kept, without the secret. */
interface KeptSecretView {
  readonly id: string;
  /** As settings refer to it. */
  readonly reference: string;
  /** ISO 8601 UTC. */
  readonly changedAt: string;
  /** Whether a setting refers to it. */
  readonly used: boolean;
}

/**
 * What administrators do about secrets that their settings refer to: they are sealed in the store, and no answer ever
 * holds one.
 */
export function secretOperations({ kept, settingsOf }: SecretOperationsParts): Readonly<Record<string, Operation>> {
  const viewsOf = async (tenant: string): Promise<readonly KeptSecretView[]> => {
    const used = keptNamesIn(settingsOf(tenant));
    return (await kept.list(tenant)).map(({ name, changedAt }) => ({
      id: name,
      reference: keptPrefix + name,
      changedAt,
      used: used.has(name),
    }));
  };
  return {
    listSecrets: operation(async ({ actor: { tenant } }) => ({ body: { secrets: await viewsOf(tenant) } })),
    keepSecret: operation<{ readonly secret: string }>(async ({ actor: { tenant }, id, body }) => {
      await kept.keep(tenant, id, body.secret);
      return { body: (await viewsOf(tenant)).find((one) => one.id === id) };
    }),
    forgetSecret: operation(async ({ actor: { tenant }, id }) => {
      const found = (await viewsOf(tenant)).find((one) => one.id === id);
      if (found === undefined) throw new NotFoundError(`There is no secret '${id.slice(0, 100)}'.`);
      if (found.used)
        throw new ConflictError(
          `A setting refers to ${keptPrefix}${id}: change the setting first, then forget the secret.`,
        );
      await kept.forget(tenant, id);
      return { body: { id } };
    }),
  };
}
