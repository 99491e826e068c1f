import type { ClientProfile } from './client-profile.ts';

/** Everything a client can be allowed: SCIM, the audit, `/admin/v1`, signing people in, telling of bounces, tenants. */
export const allScopes: readonly string[] = [
  'scim:read',
  'scim:write',
  'audit:read',
  'admin',
  'auth',
  'bounces',
  'operator',
];

/** What a create that meets a person who is there already comes to. */
export type OnExisting = 'refuse' | 'adopt' | 'ask';

/** More deactivations and deletions than this within the minutes are held: the greater of count and share. */
export interface Guard {
  readonly count: number;
  /** Of the active people the client manages: 0.1 is a tenth. */
  readonly share: number;
  readonly minutes: number;
}

/** One calling system of one tenant. It proves itself by its credentials. */
export interface Client {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  /** `auto` defers to the tenant's setting. */
  readonly profile: ClientProfile;
  readonly scopes: readonly string[];
  /** The resource types it may see and write, by name; absent: all. */
  readonly resourceTypes?: readonly string[];
  /** The attributes it may write, as paths; absent: all. */
  readonly attributes?: readonly string[];
  /** SCIM calls a second; absent: the default, null: as many as there are. */
  readonly callsPerSecond?: number | null;
  /** How long its access tokens live, in seconds; absent: an hour. */
  readonly accessTokenSeconds?: number;
  readonly paused: boolean;
  readonly existing: OnExisting;
  /** The attributes that other clients do not change. */
  readonly owns: readonly string[];
  /** Null where no number of deactivations is held. */
  readonly guard: Guard | null;
  readonly createdAt: string;
  /** Who made it: the name of a client or administrator; absent where the installation did. */
  readonly createdBy?: string;
  /** The id of the user that `/Me` means for this client (RFC 7644 §3.11); it gives no rights. */
  readonly me?: string;
}

/** A client that has proved who it is. */
export interface Caller extends Client {
  /** By which of its credentials. */
  readonly credential: string;
}

/** What a client may do, and which of its rights a caller may hand out. */
export type Rights = Pick<Client, 'scopes' | 'resourceTypes' | 'attributes'>
  & Partial<Pick<Client, 'callsPerSecond' | 'guard'>>;

/** Every right in a tenant, which its owners may hand out: all but the operator's. */
export const everyTenantRight: Rights = {
  scopes: allScopes.filter((scope) => scope !== 'operator'),
  callsPerSecond: null,
  guard: null,
};
