import type { PasswordFault } from '../provisioning/passwords/password-policy.ts';
import type { Visit } from './visit/visit.ts';

/**
 * What is wrong with a chosen password, in the reader's words.
 * @param personal the words for one that is made of what is known about its owner
 */
export function passwordFaults(
  visit: Visit,
  faults: readonly PasswordFault[],
  personal = 'signIn.rules.personal',
): string {
  return faults
    .map((fault) =>
      visit.t(fault.rule === 'personal' ? personal : `signIn.rules.${fault.rule}`, {
        ...('min' in fault ? { min: fault.min } : {}),
        ...('max' in fault ? { max: fault.max } : {}),
      }),
    )
    .join(' ');
}
