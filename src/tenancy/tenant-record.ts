import { randomBytes } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { installation, type Note } from '../domain/notes.ts';
import { type OwnWords, readOwnWords } from '../notify/words/own-words.ts';
import type { TenantStatus } from './tenant.ts';

/** The kind of the notes that tenants are kept in. */
export const tenantKind = 'tenant';

/** A tenant as it is kept. */
export interface TenantRecord {
  readonly id: string;
  readonly name: string;
  /** `erasing`: it does not exist any longer, and what is left of it is being removed. */
  readonly status: TenantStatus | 'erasing';
  /** Since when it is being erased: ISO 8601 UTC. */
  readonly erasedAt?: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** The tenant's own settings; all others have the product's defaults. */
  readonly settings: JsonObject;
  /** The tenant's own texts of messages and pages. */
  readonly words: OwnWords;
  readonly salt: Buffer;
  /** Of its note. */
  readonly version: number;
}

/** A tenant that has just been made, not yet written. */
export function newTenantRecord(id: string, name: string, now: Date): TenantRecord {
  const createdAt = now.toISOString();
  return { id, name, status: 'active', createdAt, settings: {}, words: {}, salt: randomBytes(32), version: 0 };
}

/** Reads a note of the kind `tenant`. */
export function readTenant({ key, version, value }: Note): TenantRecord {
  const { name, status, createdAt, erasedAt, settings, words, salt } = value;
  return {
    id: key,
    name: typeof name === 'string' ? name : key,
    status: status === 'suspended' || status === 'erasing' ? status : 'active',
    ...(typeof erasedAt === 'string' ? { erasedAt } : {}),
    createdAt: typeof createdAt === 'string' ? createdAt : '',
    settings: isJsonObject(settings) ? settings : {},
    words: readOwnWords(words),
    salt: Buffer.from(typeof salt === 'string' ? salt : '', 'base64'),
    version,
  };
}

/** The note that a tenant is kept in. */
export function noteOfTenant({ id, name, status, createdAt, erasedAt, settings, words, salt }: TenantRecord) {
  return {
    tenant: installation,
    kind: tenantKind,
    key: id,
    value: {
      name,
      status,
      createdAt,
      settings,
      ...(Object.keys(words).length === 0 ? {} : { words }),
      salt: salt.toString('base64'),
      ...(erasedAt === undefined ? {} : { erasedAt }),
    } satisfies JsonObject,
  };
}
