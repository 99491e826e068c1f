import type { DomainEvent } from '../../domain/events.ts';
import type { Clock } from '../../base/clock.ts';
import type { ClientParts } from './compose-clients.ts';
import type { History } from './compose-history.ts';
import type { Streams } from './compose-streams.ts';
import type { Config } from '../../config/config.ts';
import type { Keyring } from './keyring.ts';
import type { Log } from '../../base/log.ts';
import type { DeliveryDays } from '../../notify/outbox/delivery-days.ts';
import type { MessageBook } from '../../notify/words/message-book.ts';
import type { Mailbox } from '../../notify/mail/mailbox.ts';
import type { PasswordHasher } from '../../provisioning/passwords/password-hasher.ts';
import type { RecordWriter } from '../../provisioning/records/record-writer.ts';
import type { SecretBox } from '../../base/secret-box.ts';
import type { ResourceType, ResourceTypes } from '../../scim/model/resource-type.ts';
import type { Settings } from '../../config/settings.ts';
import type { Store } from '../../store/store.ts';
import type { KeptSecrets } from '../../tenancy/kept-secrets.ts';
import type { SecretOf } from '../../tenancy/secret-of.ts';
import type { TenantChanges } from '../../tenancy/tenant-changes.ts';
import type { Tenants } from '../../tenancy/tenants.ts';
import type { EndpointRegister } from '../../webhooks/endpoint-register.ts';
import type { ChangeUser } from '../../provisioning/user/change-user.ts';

/** What captured mails are sealed for. */
export const purposeOfCapturedMail = 'captured mail';

/**
 * What every command is made from, made once: the configuration read, the files loaded, the store open, the tenants
 * known, the product's core made.
 */
export interface Core extends ClientParts {
  readonly config: Config;
  readonly tenants: Tenants;
  readonly changes: TenantChanges;
  /** A tenant's settings, as they are now. */
  readonly settingsOf: (tenant: string) => Settings;
  /** What a tenant's links begin with, without a slash at the end. */
  readonly publicUrlOf: (tenant: string) => string;
  /** The words of a tenant's messages and pages. */
  readonly bookOf: (tenant: string) => MessageBook;
  /** What all links begin with. */
  readonly publicUrl: string;
  /** The installation's; a tenant's are in `tenants`. */
  readonly types: ResourceTypes;
  readonly userType: ResourceType;
  /** A resource type as a tenant has it, with the attributes that it has added. */
  readonly typeOf: (tenant: string, type: ResourceType) => ResourceType;
  readonly store: Store;
  /** Sealed. */
  readonly mailbox: Mailbox;
  readonly keyring: Keyring;
  readonly secrets: SecretBox;
  /** Those of webhooks and gateways that tenants have set themselves. */
  readonly keptSecrets: KeptSecrets;
  /** Reads what settings refer to. */
  readonly secretOf: SecretOf;
  readonly hasher: PasswordHasher;
  readonly writer: RecordWriter;
  readonly changeUser: ChangeUser;
  /** Which webhook endpoints have been switched off. */
  readonly register: EndpointRegister;
  /** How many messages ended on which day. */
  readonly deliveryDays: DeliveryDays;
  readonly clock: Clock;
  /** Keeps, seals and shows the audit. */
  readonly history: History;
  readonly log: Log;
  /** To be called where there may be something new to send: a courier sets it. */
  readonly events: { wake: (events: readonly DomainEvent[]) => void; wakeWorkers: () => void };
  readonly streams: Streams;
  /** Waits for writes under way, then closes the store. */
  close(): Promise<void>;
}
