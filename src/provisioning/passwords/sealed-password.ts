import type { StoredRecord } from '../records/resource-store.ts';
import { SealBrokenError, type SecretBox } from '../../base/secret-box.ts';

/** What a sealed password is bound to beside its tenant and user (see `secret-box.ts`). */
export const purposeOfPassword = 'password-to-mail';

/**
 * The password that a client gave to be mailed; undefined when there is none (any more) or its key is gone: then one
 * is generated.
 */
export function openSealedPassword({ tenant, id, account }: StoredRecord, secrets: SecretBox): string | undefined {
  if (account?.sealedPassword === undefined) return undefined;
  try {
    return secrets.open(account.sealedPassword, { tenant, id, purpose: purposeOfPassword });
  } catch (error) {
    if (error instanceof SealBrokenError) return undefined;
    throw error;
  }
}
