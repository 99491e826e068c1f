import type { Clock } from '../base/clock.ts';
import type { SecretBox } from '../base/secret-box.ts';
import type { SignInLimits } from '../provisioning/access/sign-in-limits.ts';
import type { Administrator } from './administrator.ts';
import type { AdministratorRecords } from './administrator-records.ts';
import type { SecurityLog } from './security-log.ts';
import { recoveryHash, totpStep } from './second-factors.ts';

/** What a try of a code works with. */
export interface TryCodeParts {
  readonly limits: SignInLimits;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly records: AdministratorRecords;
  readonly securityLog: SecurityLog;
}

/** Tries a code of the app, or a recovery code: each works once, and wrong ones are counted before they are checked. */
export async function tryCode(
  { limits, clock, secrets, records, securityLog }: TryCodeParts,
  administrator: Administrator,
  code: string,
): Promise<
  | { readonly outcome: 'right'; readonly method: 'totp' | 'recoveryCode' }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'paused'; readonly until: string }
> {
  const { tenant, id } = administrator;
  const scope = `${limitScope(tenant)} code`;
  const until = await limits.beginPresent(scope, id, clock.now());
  if (until !== undefined) return { outcome: 'paused', until };
  const hash = recoveryHash(code);
  let method: 'totp' | 'recoveryCode' | undefined;
  // Within the change: of two uses of one code at once, the second reads what the first has written.
  await records.change(tenant, id, (now) => {
    method = undefined;
    const step =
      now.totp === undefined
        ? undefined
        : totpStep(secrets, now, now.totp.sealed, code, now.totp.lastStep, clock.now());
    if (now.totp !== undefined && step !== undefined) {
      method = 'totp';
      return { ...now, totp: { ...now.totp, lastStep: step } };
    }
    if (!now.recoveryCodes.includes(hash)) return undefined;
    method = 'recoveryCode';
    return { ...now, recoveryCodes: now.recoveryCodes.filter((one) => one !== hash) };
  });
  if (method === undefined) {
    await securityLog.add(tenant, eventOf(administrator, 'secondFactorFailed'));
    return { outcome: 'wrong' };
  }
  await limits.passPresent(scope, id);
  if (method === 'recoveryCode') await securityLog.add(tenant, eventOf(administrator, 'recoveryCodeUsed'));
  return { outcome: 'right', method };
}

function eventOf({ id, name }: Administrator, type: string) {
  return { type, administratorId: id, name };
}

/** Apart from the tries of the people who are provisioned. */
export function limitScope(tenant: string): string {
  return `console ${tenant}`;
}
