/**
 * The one form in which a password is hashed and compared: NFKC (NIST SP 800-63B-4 §3.1.1.2), so that the same keys
 * pressed on another device give the same password.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}
