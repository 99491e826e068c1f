import type { Prepared } from '../../notify/delivery/addressee.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import { expiryOf, linkPage } from '../first-key/invitations.ts';
import { emptyAccount } from '../records/account.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { mustChangeMailed } from '../user/forced-change.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import type { Rules } from '../user/user-draft.ts';
import { methodOfDelivery, requestOf } from './awaited-delivery.ts';
import { pageLink } from './page-link.ts';

type ReadyToSend = Extract<Prepared, { readonly outcome: 'send' }>;

/** Shown in place of a message's secret. */
const placeholder = '••••••••';

/**
 * What a message says, with a visible mask in the place of its secret, for those who read it without being its
 * addressee.
 * @param publicUrl what links begin with, without a slash at the end
 */
export function maskedValues(
  delivery: Delivery,
  { resource, account }: StoredRecord,
  { settings, now }: Pick<Rules, 'settings' | 'now'>,
  publicUrl: string,
): ReadyToSend['values'] {
  const { invitation } = account ?? {};
  const onboarding = readOnboarding(resource);
  const { template } = delivery;
  if (template === 'password') {
    return {
      password: placeholder,
      mustChange: mustChangeMailed(onboarding, settings),
      link: pageLink(publicUrl, 'sign-in', onboarding),
      expiresAt: null,
    };
  }
  if (requestOf(delivery) === undefined && template !== 'revealCode')
    return { link: pageLink(publicUrl, 'sign-in', onboarding) };
  const method = methodOfDelivery(delivery, account ?? emptyAccount);
  const expiresAt = invitation?.expiresAt ?? expiryOf(method, settings, now);
  const isCode = template.endsWith('Code') || (template === 'reminder' && method !== 'emailLink');
  if (isCode) return { code: placeholder, link: pageLink(publicUrl, 'set-password', onboarding), expiresAt };
  const purpose = template === 'passwordReveal' ? 'reveal' : template === 'verifyEmail' ? template : 'invitation';
  return { link: `${publicUrl}/${linkPage(purpose)}?token=${placeholder}`, expiresAt };
}
