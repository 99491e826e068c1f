import type { Settings } from '../config/settings.ts';
import type { MessageBook } from '../notify/words/message-book.ts';
import type { ResourceTypes } from '../scim/model/resource-type.ts';
import type { InboundMapping } from '../scim/port/inbound-mapping.ts';

/** The tenant that is served at `/` as well as at `/t/default`. */
export const rootTenant = 'default';

/** Whether a text can be the id of a tenant: `[a-z0-9-]{1,40}`. */
export function isTenantId(text: string): boolean {
  return /^[a-z0-9-]{1,40}$/.test(text);
}

/** A suspended tenant keeps its data; its calls are refused and nothing is sent for it. */
export type TenantStatus = 'active' | 'suspended';

/**
 * An isolated organisation as it is now: everything that differs from one tenant to the next. A change makes another
 * value, so ask `Tenants.of` for it where it is used and do not keep it.
 */
export interface Tenant {
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly status: TenantStatus;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** In force: the product's defaults, over them the tenant's own, over them what the operator has pinned. */
  readonly settings: Settings;
  readonly types: ResourceTypes;
  readonly mapping: InboundMapping;
  /** The words of its messages and pages. */
  readonly book: MessageBook;
  /** What links begin with, without a slash at the end: the installation's public URL and the tenant's path. */
  readonly publicUrl: string;
  /** What its paths begin with: `/t/acme`; empty for the tenant at the root. */
  readonly path: string;
  /** The sender of its mails: `Name <address>`, or an address. */
  readonly sender: string;
  /** Sets its keys apart from those of other tenants, see `SecretBox`. */
  readonly salt: Buffer;
  /** Its keys for a use such as `pages` or `list cursors`, 32 bytes each: the first signs, each of them is believed. */
  readonly keys: (use: string) => readonly Buffer[];
}

/** There is no tenant of this id, or none any longer. */
export class UnknownTenantError extends Error {
  override readonly name = 'UnknownTenantError';

  constructor(id: string) {
    super(`there is no tenant '${id.slice(0, 40)}'`);
  }
}
