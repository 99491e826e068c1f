import { createHash } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Clock } from '../base/clock.ts';
import { isJsonObject } from '../base/json.ts';
import type { Notes } from '../domain/notes.ts';
import { hasSecondFactor, needsSecondFactor, type Administrator, type Passkey } from './administrator.ts';
import type { AdministratorRecords } from './administrator-records.ts';
import type { ConsoleSession } from './console-sessions.ts';
import { newRecoveryCodes } from './second-factors.ts';
import type { SecurityLog } from './security-log.ts';

/** What passkeys work with. */
export interface PasskeysParts {
  readonly notes: Notes;
  readonly records: AdministratorRecords;
  readonly securityLog: SecurityLog;
  readonly clock: Clock;
  /** What browsers know a tenant by; without a slash at the end. */
  readonly publicUrlOf: (tenant: string) => string;
  /** What a tenant calls the product. */
  readonly nameOf: (tenant: string) => string;
}

/** Who is in a session. */
interface Holder {
  readonly administrator: Administrator;
  readonly session: ConsoleSession;
}

const kind = 'passkeyChallenge';
const challengeMs = 5 * 60_000;
/** Ed25519, P-256, RSA (COSE). */
const algorithms = [-8, -7, -257];
/** Large, and few starts come to use it: it is loaded with the first passkey. */
const library = () => import('@simplewebauthn/server');
const mostPasskeys = 20;
/** Longer than any answer of a browser. */
const longestAnswer = 20_000;

/**
 * Passkeys (WebAuthn level 3) as the second factor of console accounts. The person is verified by the device each time;
 * a challenge belongs to one session, works once and for five minutes; an answer counts for this site alone.
 */
export class Passkeys {
  readonly #parts: PasskeysParts;

  constructor(parts: PasskeysParts) {
    this.#parts = parts;
  }

  /** Whether browsers can make passkeys for this site: it has a name, and not a number. */
  areOffered(tenant: string): boolean {
    const { hostname } = new URL(this.#parts.publicUrlOf(tenant));
    return !/^\[|^[\d.]+$/.test(hostname);
  }

  /** What a browser is asked to make a passkey with (`PublicKeyCredentialCreationOptionsJSON`). */
  async offer({ administrator, session }: Holder): Promise<object> {
    const { tenant, id, email, name, passkeys } = administrator;
    const { generateRegistrationOptions } = await library();
    const options = await generateRegistrationOptions({
      rpName: this.#parts.nameOf(tenant),
      rpID: this.#siteOf(tenant).id,
      // Tells nobody who it is, and is the same for all passkeys of the account.
      userID: new Uint8Array(
        createHash('sha256')
          .update(JSON.stringify([tenant, id]))
          .digest(),
      ),
      userName: email,
      userDisplayName: name,
      attestationType: 'none',
      supportedAlgorithmIDs: algorithms,
      excludeCredentials: passkeys.map(descriptorOf),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    });
    await this.#remember(session, 'create', options.challenge);
    return options;
  }

  /**
   * Registers what the browser has made.
   * @param answer its `toJSON()`, as text
   * @returns recovery codes, to be shown once, where the account had none; undefined where the answer is not good
   */
  async register(
    { administrator, session }: Holder,
    answer: string,
    name: string,
  ): Promise<readonly string[] | undefined> {
    const { records, clock, securityLog } = this.#parts;
    const { tenant, id } = administrator;
    const challenge = await this.#take(session, 'create');
    const response = readAnswer<RegistrationResponseJSON>(answer);
    if (challenge === undefined || response === undefined) return undefined;
    const site = this.#siteOf(tenant);
    const { verifyRegistrationResponse } = await library();
    const verified = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    }).catch(() => ({ verified: false as const }));
    if (!verified.verified) return undefined;
    const { credential } = verified.registrationInfo;
    const passkey: Passkey = {
      id: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: credential.transports ?? [],
      name: name.slice(0, 100) || 'Passkey',
      createdAt: clock.now().toISOString(),
    };
    const { codes, hashes } = newRecoveryCodes();
    let shown: readonly string[] = [];
    const after = await records.change(tenant, id, (before) => {
      shown = [];
      if (before.passkeys.length >= mostPasskeys || before.passkeys.some((one) => one.id === passkey.id))
        return undefined;
      const isFirst = before.recoveryCodes.length === 0;
      if (isFirst) shown = codes;
      return { ...before, passkeys: [...before.passkeys, passkey], ...(isFirst ? { recoveryCodes: hashes } : {}) };
    });
    if (after?.passkeys.some((one) => one.id === passkey.id && one.createdAt === passkey.createdAt) !== true)
      return undefined;
    await securityLog.add(tenant, { ...eventOf(administrator, 'passkeyAdded'), detail: passkey.name });
    return shown;
  }

  /** What a browser is asked to prove an account with (`PublicKeyCredentialRequestOptionsJSON`). */
  async ask({ administrator, session }: Holder): Promise<object> {
    const { generateAuthenticationOptions } = await library();
    const options = await generateAuthenticationOptions({
      rpID: this.#siteOf(administrator.tenant).id,
      allowCredentials: administrator.passkeys.map(descriptorOf),
      userVerification: 'required',
    });
    await this.#remember(session, 'get', options.challenge);
    return options;
  }

  /** Whether the browser's answer proves the account now. A counter that goes back is a copy: it proves nothing. */
  async prove({ administrator, session }: Holder, answer: string): Promise<boolean> {
    const { records, clock, securityLog } = this.#parts;
    const { tenant, id } = administrator;
    const challenge = await this.#take(session, 'get');
    const response = readAnswer<AuthenticationResponseJSON>(answer);
    const found = (await records.find(tenant, id))?.passkeys.find((one) => one.id === response?.id);
    const site = this.#siteOf(tenant);
    const { verifyAuthenticationResponse } = await library();
    const verified =
      challenge === undefined || response === undefined || found === undefined
        ? undefined
        : await verifyAuthenticationResponse({
            response,
            expectedChallenge: challenge,
            expectedOrigin: site.origin,
            expectedRPID: site.id,
            credential: {
              id: found.id,
              publicKey: new Uint8Array(Buffer.from(found.publicKey, 'base64url')),
              counter: found.counter,
            },
            requireUserVerification: true,
          }).catch(() => undefined);
    if (verified?.verified !== true) {
      await securityLog.add(tenant, eventOf(administrator, 'secondFactorFailed'));
      return false;
    }
    const { newCounter: counter } = verified.authenticationInfo;
    let isThere = false;
    await records.change(tenant, id, (before) => {
      isThere = before.passkeys.some((one) => one.id === found?.id);
      const used = { counter, lastUsedAt: clock.now().toISOString() };
      return { ...before, passkeys: before.passkeys.map((one) => (one.id === found?.id ? { ...one, ...used } : one)) };
    });
    return isThere;
  }

  /**
   * Removes a passkey; false where there is none such, or it is the last second factor of an account that needs one.
   */
  async remove({ administrator }: Pick<Holder, 'administrator'>, passkey: string): Promise<boolean> {
    const { records, securityLog } = this.#parts;
    const { tenant, id } = administrator;
    let isRemoved = false;
    await records.change(tenant, id, (before) => {
      const after = { ...before, passkeys: before.passkeys.filter((one) => one.id !== passkey) };
      isRemoved =
        after.passkeys.length < before.passkeys.length && (hasSecondFactor(after) || !needsSecondFactor(after));
      return isRemoved ? after : undefined;
    });
    if (isRemoved) await securityLog.add(tenant, eventOf(administrator, 'passkeyRemoved'));
    return isRemoved;
  }

  #siteOf(tenant: string): { readonly id: string; readonly origin: string } {
    const { hostname, origin } = new URL(this.#parts.publicUrlOf(tenant));
    return { id: hostname, origin };
  }

  async #remember({ tenant, id }: ConsoleSession, use: string, challenge: string): Promise<void> {
    const expiresAt = new Date(this.#parts.clock.now().getTime() + challengeMs).toISOString();
    await this.#parts.notes.put({ tenant, kind, key: `${id}/${use}`, value: { challenge }, expiresAt }, undefined);
  }

  /** Of two uses of one challenge at once, one gets it. */
  async #take({ tenant, id }: ConsoleSession, use: string): Promise<string | undefined> {
    const { notes } = this.#parts;
    const note = await notes.find(tenant, kind, `${id}/${use}`);
    const challenge = note?.value['challenge'];
    if (note === undefined || typeof challenge !== 'string') return undefined;
    return (await notes.remove(tenant, kind, note.key, note.version)) ? challenge : undefined;
  }
}

function descriptorOf({ id, transports }: Passkey) {
  return { id, transports: transports as AuthenticatorTransport[] };
}

/** The library checks what is inside. */
function readAnswer<Answer>(text: string): Answer | undefined {
  if (text.length > longestAnswer) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value as never) ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}

function eventOf({ id, name }: Administrator, type: string) {
  return { type, administratorId: id, name };
}
