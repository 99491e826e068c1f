import type { Role } from '../domain/role.ts';

/** A passkey (WebAuthn credential) of an administrator. */
export interface Passkey {
  /** Base64url, as the browser names it. */
  readonly id: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  /** What its owner calls it. */
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt?: string;
}

/** A person who works in the console, apart from the people who are provisioned. Times are ISO 8601 UTC. */
export interface Administrator {
  readonly id: string;
  readonly tenant: string;
  /** As it was typed; found without regard to case. */
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Runs the installation: sees and enters every tenant, as its owner. */
  readonly operator: boolean;
  /** BCP 47; the browser's wish where it is absent. */
  readonly language?: string;
  readonly createdAt: string;
  /** Who invited them; absent for the first owner. */
  readonly invitedBy?: string;
  readonly lastSignInAt?: string;
  /** Absent until a password is set, and for those who come from an identity provider. */
  readonly passwordHash?: string;
  readonly passwordChangedAt?: string;
  /** Hashes of the passwords before the present one, the last in front. */
  readonly passwordHistory?: readonly string[];
  /** The sealed secret of a TOTP app and the last time step that was used (RFC 6238 §5.2). */
  readonly totp?: { readonly sealed: string; readonly lastStep: number };
  readonly passkeys: readonly Passkey[];
  /** SHA-256, hex, of recovery codes that have not been used. */
  readonly recoveryCodes: readonly string[];
  /** The identity at the company's identity provider that this account belongs to. */
  readonly oidc?: { readonly issuer: string; readonly subject: string };
}

/** Whether a second proof beside the password is registered. */
export function hasSecondFactor({ totp, passkeys }: Administrator): boolean {
  return totp !== undefined || passkeys.length > 0;
}

/** Whether the account must have a second factor: owners, admins and the operator do more than look. */
export function needsSecondFactor({ role, operator }: Pick<Administrator, 'role' | 'operator'>): boolean {
  return operator || role === 'owner' || role === 'admin';
}
