import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { ChangeUser } from '../user/change-user.ts';
import type { ResourceStore } from '../records/resource-store.ts';
import type { SecretBox } from '../../base/secret-box.ts';

/**
 * What a service that reads and changes users works with; each adds what it alone needs, or leaves out what it has no
 * use for.
 */
export interface ServiceParts {
  readonly store: ResourceStore;
  readonly changeUser: ChangeUser;
  readonly clock: Clock;
  readonly settingsOf: (tenant: string) => Settings;
  readonly hasher: PasswordHasher;
  readonly secrets: SecretBox;
}
