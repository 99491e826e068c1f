import type { ClientProfile } from '../../domain/client-profile.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import type { Settings } from '../../config/settings.ts';
import type { Account } from '../records/account.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { checkStorable, faultSentence } from '../passwords/password-policy.ts';
import type { UserState } from '../first-key/user-change.ts';
import { mailsPassword } from '../first-key/keep-password.ts';

/** A password that a client sent, and what is to be made of it. */
export interface PasswordChange {
  readonly text: string;
  /** Mailed to the user as well as kept. */
  readonly mail: boolean;
  /** A placeholder of a create: it is not a password of the user, and only known again when it is repeated. */
  readonly dropped: boolean;
  /** The user's present password, for comparison; undefined where that does not matter. */
  readonly current: string | undefined;
  /** Former passwords that do not count as new ones. */
  readonly former: readonly string[];
}

/** A password change whose hash is computed. */
export interface PreparedPassword extends PasswordChange {
  /** Undefined when the user has this password, or had it before: nothing is to be changed. */
  readonly hash: string | undefined;
}

/** The write that a client's password came in. */
interface PasswordWrite {
  readonly manner: 'create' | 'replace' | 'patch';
  readonly profile: ClientProfile;
  /** An administrator chose it for this user: it is never a placeholder. */
  readonly chosen: boolean;
  readonly before: UserState | undefined;
  /** The resource as wanted; `password` is in it where the client sent one. */
  readonly after: Resource;
  /** The write itself says `sendPassword: true`. */
  readonly sends: boolean;
}

/**
 * Decides what is made of a client's password. With `sendPassword` it is kept and mailed, whatever else is set.
 * Otherwise the tenant's `passwords.fromClients` says whether it is kept, and what an Okta client sends with a create
 * is a random placeholder, dropped. What the provider sends is the provider's to judge: only a password that cannot
 * be stored is refused. A sync that repeats the password that the client sent before changes nothing, by PUT or PATCH,
 * kept or dropped then; a full sync (PUT) brings back none that the user had.
 * @throws InvalidValueError naming `password`
 */
export function passwordChange(
  { manner, profile, chosen, before, after, sends }: PasswordWrite,
  settings: Settings,
): PasswordChange | undefined {
  const text = after['password'];
  if (typeof text !== 'string' || text === '') return undefined;
  if (/^[\s\p{Z}\p{Cf}]*$/u.test(text))
    throw new InvalidValueError('password: blanks alone are not a password. Give another one, or leave it out.');
  const fault = checkStorable(text);
  if (fault !== undefined) throw new InvalidValueError(`password: ${faultSentence(fault)}`);
  const mailing = mailsPassword({ before, after, sends });
  const mail = mailing !== 'never';
  const speaksOkta = (profile === 'auto' ? settings.scim.profile : profile) === 'okta';
  const drops = settings.passwords.fromClients === 'drop';
  const dropped = !mail && !chosen && (drops || (speaksOkta && manner === 'create'));
  if (dropped && manner !== 'create') return undefined;
  const account: Account | undefined = before?.account;
  return {
    text,
    mail,
    dropped,
    current: mailing === 'always' ? undefined : account?.passwordHash,
    former: chosen || mailing === 'always' ? [] : formerOf(account, manner),
  };
}

/**
 * What a sync must not bring back: the last password that a client gave and, where the sync is full, those the user
 * had.
 */
function formerOf(account: Account | undefined, manner: PasswordWrite['manner']): readonly string[] {
  const { clientPassword, passwordHash, passwordHistory = [] } = account ?? {};
  const given = clientPassword === undefined || clientPassword === passwordHash ? [] : [clientPassword];
  return manner === 'replace' ? [...new Set([...given, ...passwordHistory])] : given;
}

/** Does the slow work on a password change. Throws OverloadedError when too much is waiting. */
export async function preparePassword(change: PasswordChange, hasher: PasswordHasher): Promise<PreparedPassword> {
  const known = [...(change.current === undefined ? [] : [change.current]), ...change.former];
  const had = await hasher.matching(known, change.text);
  return { ...change, hash: had === undefined ? await hasher.hash(change.text) : undefined };
}

/** True when the work was done for this very change: the record has not got another password meanwhile. */
export function isPreparedFor(
  prepared: PreparedPassword | undefined,
  change: PasswordChange,
): prepared is PreparedPassword {
  return (
    prepared !== undefined
    && prepared.text === change.text
    && prepared.mail === change.mail
    && prepared.dropped === change.dropped
    && prepared.current === change.current
    && prepared.former.length === change.former.length
  );
}
