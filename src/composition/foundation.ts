import type { Clock } from '../clock.ts';
import type { ClientParts } from './compose-clients.ts';
import type { Config } from '../config/config.ts';
import type { Log } from '../log.ts';
import type { Mailbox } from '../notify/mail/mailbox.ts';
import type { MessageBook } from '../notify/words/message-book.ts';
import type { ExtensionMapping } from '../provisioning/mapping/extension-mapping.ts';
import type { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import type { RecordWriter } from '../provisioning/records/record-writer.ts';
import type { SecretBox } from '../secret-box.ts';
import type { ResourceType, ResourceTypes } from '../scim/model/resource-type.ts';
import type { Settings } from '../config/settings.ts';
import type { Store } from '../store/store.ts';
import type { EndpointRegister } from '../webhooks/endpoint-register.ts';
import type { ChangeUser } from '../provisioning/user/change-user.ts';

/**
 * What every part of the program is composed from: the configuration read, the files loaded, the store open, the
 * product's core made.
 */
export interface Foundation extends ClientParts {
  readonly config: Config;
  readonly settings: Settings;
  readonly settingsOf: (tenant: string) => Settings;
  readonly book: MessageBook;
  readonly types: ResourceTypes;
  readonly userType: ResourceType;
  readonly mapping: ExtensionMapping;
  /** What links begin with, without a slash at the end. */
  readonly publicUrl: string;
  readonly store: Store;
  /** Sealed. */
  readonly mailbox: Mailbox;
  readonly secrets: SecretBox;
  readonly hasher: PasswordHasher;
  readonly writer: RecordWriter;
  readonly changeUser: ChangeUser;
  /** Which webhook endpoints have been switched off. */
  readonly register: EndpointRegister;
  readonly clock: Clock;
  readonly log: Log;
}
