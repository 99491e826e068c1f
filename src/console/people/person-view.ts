import type { DeliveryView } from '../../operations/messages/delivery-view.ts';
import type { ProfileLine } from '../../operations/people/profile-view.ts';
import type { KeyProgress } from '../../provisioning/first-key/key-progress.ts';

/** The answer of `getUser`. */
export interface PersonView extends KeyProgress {
  readonly mail?: string;
  readonly notificationEmail?: string;
  readonly startDate?: string;
  readonly source?: string;
  readonly hasPassword: boolean;
  readonly deliveries: readonly DeliveryView[];
  readonly groups: readonly { readonly id: string; readonly displayName?: string; readonly type: string }[];
  readonly profile: readonly ProfileLine[];
  readonly scim: unknown;
  readonly version: number;
}
