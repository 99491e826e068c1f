import type { TemplateName } from '../../notify/delivery/delivery.ts';
import type { InvitationMethod } from '../../config/settings.ts';
import type { KeyRequest } from './key-address.ts';

/** The message that carries a request. */
export function templateOf(kind: KeyRequest, method: InvitationMethod): TemplateName {
  switch (kind) {
    case 'invitation':
      return method === 'emailLink' ? 'invitation' : 'invitationCode';
    case 'recovery':
      return method === 'emailLink' ? 'recovery' : 'recoveryCode';
    case 'passwordMail':
      return 'password';
    case 'verifyEmail':
      return 'verifyEmail';
  }
}
