import type { Resource } from '../../scim/model/resource.ts';
import type { Settings } from '../../config/settings.ts';
import { readOnboarding, writeOnboarding } from '../user/latchkey-extension.ts';

/**
 * A new user as the tenant's `onboarding.inviteEveryone` wants them: invited, unless the client says otherwise, by
 * `preRegistration` of its own or by `sendPassword`.
 * @param resource of a create
 */
export function invitedByTenant(resource: Resource, { onboarding }: Pick<Settings, 'onboarding'>): Resource {
  const wanted = readOnboarding(resource);
  if (!onboarding.inviteEveryone || wanted.preRegistration !== undefined || wanted.sendPassword === true)
    return resource;
  return writeOnboarding(resource, { ...wanted, preRegistration: true });
}
