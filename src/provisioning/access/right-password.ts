import { maxPasswordLength } from '../passwords/password-policy.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';

function withoutBlanksAround(typed: string): string {
  return typed.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
}

/**
 * The user's password, as it was typed or as it was pasted: blanks and invisible characters around a password that
 * Latchkey made or mailed are ignored. Whether that second check is made depends on what was typed alone.
 * @returns undefined when what was typed is another one
 */
export async function rightPassword(
  hasher: PasswordHasher,
  record: StoredRecord | undefined,
  secret: string,
): Promise<string | undefined> {
  const { passwordHash, generatedPassword, mailedPassword } = record?.account ?? {};
  const typed = secret.slice(0, 2 * maxPasswordLength);
  const isRight = await hasher.verify(passwordHash, typed);
  const bare = withoutBlanksAround(typed);
  if (bare === typed) return isRight ? typed : undefined;
  const isCopied = generatedPassword === true || mailedPassword === true;
  const bareIsRight = await hasher.verify(isCopied ? passwordHash : undefined, bare);
  if (isRight) return typed;
  return bareIsRight ? bare : undefined;
}
