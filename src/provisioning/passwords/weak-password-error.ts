import { InvalidValueError } from '../../scim/model/scim-error.ts';
import { faultSentence, type PasswordFault } from './password-policy.ts';

/** 400: a password that an administrator typed breaks rules of the tenant. */
export class WeakPasswordError extends InvalidValueError {
  readonly faults: readonly PasswordFault[];

  constructor(faults: readonly PasswordFault[]) {
    super(`password: ${faults.map(faultSentence).join(' ')}`);
    this.faults = faults;
  }
}
