import type { Clock } from '../base/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { SettingsCheck } from '../config/parse-settings.ts';
import type { JsonObject } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { Notes } from '../domain/notes.ts';
import type { MessageBook } from '../notify/words/message-book.ts';
import type { ResourceTypes } from '../scim/model/resource-type.ts';
import type { InboundMapping } from '../scim/port/inbound-mapping.ts';

/** What tenants are made of. */
export interface TenantsParts {
  readonly notes: Notes;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  /** What all tenants share. */
  readonly shared: {
    /** A tenant's, with the attributes that it has added. */
    readonly typesOf: (settings: Settings) => ResourceTypes;
    readonly mapping: InboundMapping;
    /** What links of the tenant at the root begin with, without a slash at the end. */
    readonly publicUrl: string;
    /** The sender of mails for tenants that have set none. */
    readonly sender: string;
    readonly checks: readonly SettingsCheck[];
    /** What the operator's file sets for the tenant at the root: no change by others takes effect. */
    readonly pinned: JsonObject;
    /** The words of a tenant. */
    readonly bookOf: (tenant: string) => MessageBook;
    readonly keysOf: (tenant: string, use: string) => readonly Buffer[];
  };
}
