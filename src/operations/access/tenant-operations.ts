import type { AdminActor } from '../../provisioning/admin/admin-records.ts';
import { NotFoundError, ScimError } from '../../scim/model/scim-error.ts';
import type { TenantChanges, TenantOrder } from '../../tenancy/tenant-changes.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import type { Tenants } from '../../tenancy/tenants.ts';
import { operation, type Operation } from '../operation.ts';

/** What the operations work with. */
export interface TenantOperationsParts {
  readonly tenants: Tenants;
  readonly changes: TenantChanges;
  /** Makes a new tenant's first client. @returns its id and token, which is shown this once */
  readonly addFirstClient: (tenant: string) => Promise<{ readonly client: string; readonly token: string }>;
  /** What is kept of a tenant, as JSON Lines without secrets. */
  readonly exportOf: (tenant: Tenant) => AsyncIterable<string>;
  /** Told of a tenant that may send again. */
  readonly onResumed: () => void;
}

/** What the operator does about tenants. */
export function tenantOperations(parts: TenantOperationsParts): Readonly<Record<string, Operation>> {
  const { tenants, changes, addFirstClient, exportOf, onResumed } = parts;
  const find = async (id: string): Promise<Tenant> => {
    await tenants.ensure([id]);
    const tenant = tenants.find(id);
    if (tenant === undefined) throw new NotFoundError(`There is no tenant '${id.slice(0, 40)}'.`);
    return tenant;
  };
  return {
    listTenants: operation(async ({ actor }) => {
      expectOperator(actor);
      await tenants.refresh();
      return { body: { tenants: tenants.all().map(viewTenant) } };
    }),
    createTenant: operation<{ readonly id: string; readonly name: string }>(async ({ actor, body }) => {
      expectOperator(actor);
      const tenant = await changes.create(body.id, body.name);
      const { client, token } = await addFirstClient(tenant.id);
      return { status: 201, body: { ...viewTenant(tenant), client, token } };
    }),
    getTenant: operation(async ({ actor, params }) => {
      expectOperator(actor);
      return { body: viewTenant(await find(params['tenant'] ?? '')) };
    }),
    changeTenant: operation<TenantOrder>(async ({ actor, params, body }) => {
      expectOperator(actor);
      const tenant = await changes.change(params['tenant'] ?? '', body);
      if (body.status === 'active') onResumed();
      return { body: viewTenant(tenant) };
    }),
    eraseTenant: operation(async ({ actor, params }) => {
      expectOperator(actor);
      await changes.erase(params['tenant'] ?? '');
      return { body: undefined };
    }),
    exportTenant: operation(async ({ actor, params }) => {
      expectOperator(actor);
      const tenant = await find(params['tenant'] ?? '');
      const file = { name: `${tenant.id}.jsonl`, type: 'application/jsonl', chunks: exportOf(tenant) };
      return { body: undefined, file };
    }),
  };
}

/** A tenant as the operator sees it. */
export function viewTenant({ id, name, status, createdAt, publicUrl }: Tenant): object {
  return { id, name, status, createdAt, publicUrl, scimUrl: `${publicUrl}/scim/v2` };
}

/** A role in a tenant is not enough: tenants are the operator's. @throws ScimError 403 */
export function expectOperator({ rights }: AdminActor): void {
  if (rights?.scopes.includes('operator') !== true)
    throw new ScimError(
      403,
      undefined,
      'Only the operator of the installation may do this: the scope operator is missing.',
    );
}
