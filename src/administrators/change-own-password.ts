import type { PasswordFault } from '../provisioning/passwords/password-policy.ts';
import type { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import type { Settings } from '../config/settings.ts';
import type { Administrator } from './administrator.ts';
import type { ConsoleSession, ConsoleSessions } from './console-sessions.ts';
import { checkOwnPassword } from './own-password-rules.ts';
import { limitScope, type TryCodeParts } from './try-code.ts';
import { withPassword } from './used-passwords.ts';

/** What changing one's own password works with. */
export interface OwnPasswordParts extends Omit<TryCodeParts, 'secrets'> {
  readonly hasher: PasswordHasher;
  readonly sessions: ConsoleSessions;
  readonly settingsOf: (tenant: string) => Settings;
}

/**
 * Changes the password of an administrator and ends all their other sessions. Wrong present passwords are counted.
 * @returns what is wrong with the new one; `wrong` where the present one is
 */
export async function changeOwnPassword(
  { hasher, limits, clock, records, sessions, securityLog, settingsOf }: OwnPasswordParts,
  { administrator, session }: { readonly administrator: Administrator; readonly session: ConsoleSession },
  present: string,
  chosen: string,
): Promise<readonly PasswordFault[] | 'wrong'> {
  const { tenant, id, name } = administrator;
  const scope = limitScope(tenant);
  const until = await limits.beginPresent(scope, id, clock.now());
  if (until !== undefined || !(await hasher.verify(administrator.passwordHash, present))) return 'wrong';
  await limits.passPresent(scope, id);
  const faults = await checkOwnPassword(hasher, chosen, administrator, settingsOf(tenant));
  if (faults.length > 0) return faults;
  const passwordHash = await hasher.hash(chosen);
  const at = clock.now().toISOString();
  await records.change(tenant, id, (before) => withPassword(before, passwordHash, at));
  await sessions.endAll(tenant, id, session.id);
  await securityLog.add(tenant, { type: 'passwordChanged', administratorId: id, name });
  return [];
}
