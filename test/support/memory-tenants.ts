import type { Clock } from '../../src/base/clock.ts';
import type { SettingsCheck } from '../../src/config/parse-settings.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Notes } from '../../src/domain/notes.ts';
import { MessageBook } from '../../src/notify/words/message-book.ts';
import { Tenants } from '../../src/tenancy/tenants.ts';
import { shippedTypes } from './resource-types.ts';

const noBook = new MessageBook({ locales: new Map(), layouts: { html: '', text: '' } });

/** What tests choose of the tenants they make. */
export interface MemoryTenantsOptions {
  readonly pinned?: JsonObject;
  readonly checks?: readonly SettingsCheck[];
  readonly book?: MessageBook;
  /** Gets what is logged as an error. */
  readonly errors?: Record<string, unknown>[];
}

/** Tenants over these notes, not yet open: one such value stands for one process. */
export function memoryTenants(
  notes: Notes,
  clock: Clock,
  { pinned = {}, checks = [], book = noBook, errors = [] }: MemoryTenantsOptions = {},
): Tenants {
  return new Tenants({
    notes,
    clock,
    log: { error: (line: Record<string, unknown>) => errors.push(line) } as never,
    shared: {
      typesOf: () => shippedTypes,
      mapping: { mapResource: (_context, _type, body) => body, mapOperations: (_context, _type, all) => all },
      publicUrl: 'https://keys.example/first',
      sender: 'Keys <keys@mail.example>',
      checks,
      pinned,
      bookOf: () => book,
      keysOf: (tenant, use) => [Buffer.from(`${tenant} ${use}`)],
    },
  });
}
