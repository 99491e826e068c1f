import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Invitation, SentMessage } from '../records/account.ts';
import { omit } from '../../base/omit.ts';
import { applicationOf, changeInvitation } from '../first-key/first-key-request.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { generatePassword } from '../passwords/generate-password.ts';
import { readCode } from '../first-key/invitation-code.ts';
import { endInvitation, hashToken, linkOf } from '../first-key/invitations.ts';
import { tokenKey } from '../records/lookup-keys.ts';
import { noteMailed, takeGenerated } from '../first-key/mailed-password.ts';
import { mustChangeMailed } from '../user/forced-change.ts';
import { provedAddress } from './own-password.ts';
import { write, keep } from '../user/change-user.ts';
import type { Person } from '../user/person.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { type Right, rightToSee, type DeadRight } from './right-to-set.ts';
import { openSealedPassword } from '../passwords/sealed-password.ts';
import { type GivenProof, provesPerson, type SecondProof, secondProofOf } from './second-proof.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { bySelf } from '../records/origin.ts';
import { countWrongProof } from './account-failures.ts';
import { type MessageUse, noteUse } from '../user/timeline.ts';

/** A link by which a password may be shown, and what its holder must prove. */
export type RightToSee = Extract<Right, { state: 'valid' }> & { readonly proof: SecondProof };

/** What was proved is wrong, or the link is worth nothing (any more). */
type Refused =
  { readonly outcome: 'wrong'; readonly right: RightToSee } | { readonly outcome: 'void'; readonly right: DeadRight };

/** How asking for the code ended. `sent`: it is on its way, or one from within the last minute is. */
export type CodeRequest = { readonly outcome: 'sent'; readonly right: RightToSee } | Refused;

/** How asking for the password ended. */
export type RevealResult =
  | { readonly outcome: 'shown'; readonly person: Person; readonly password: string; readonly mustChange: boolean }
  /** There is no code that counts (any more); this was no wrong proof. */
  | { readonly outcome: 'codeExpired'; readonly right: RightToSee }
  | Refused;

/** What the use case works with. */
export interface PasswordRevealParts extends ServiceParts {
  readonly userType: ResourceType;
  /** Whether there is any way to send text messages. */
  readonly textsGoOut: (tenant: string) => boolean;
}

const codeCoolDownMs = 60_000;
const roundsTried = 5;
const unknown = { outcome: 'void', right: { state: 'unknown' } } as const;

/**
 * Shows a mailed password once, to the person who holds the link and gives the second proof. A given password is
 * unsealed only then, a generated one is created only then; only a hash is kept. Wrong proofs are counted, and the
 * fifth uses the link up.
 */
export class PasswordReveal {
  readonly #parts: PasswordRevealParts;

  constructor(parts: PasswordRevealParts) {
    this.#parts = parts;
  }

  /** What a link's token is worth. Changes nothing: mail scanners open links. */
  async lookUp(tenant: string, token: string): Promise<RightToSee | DeadRight> {
    return this.#judge(tenant, token, await this.#recordOf(tenant, token));
  }

  /** Sends the code to the user's phone, if the user name is right. */
  async requestCode(tenant: string, token: string, given: Pick<GivenProof, 'userName'>): Promise<CodeRequest> {
    const record = await this.#recordOf(tenant, token);
    if (record === undefined) return unknown;
    return this.#change(record, (latest, draft, rules): CodeRequest => {
      const right = this.#judge(tenant, token, latest);
      if (right.state !== 'valid') return { outcome: 'void', right };
      if (!provesPerson(latest, right.proof, { ...given, code: '', employeeNumber: '' }))
        return this.#refuse(latest, token, draft, rules);
      const requestedAt = rules.now.toISOString();
      const last = draft.account.invitation?.secondCode?.requestedAt;
      if (right.proof !== 'code' || (last !== undefined && rules.now.getTime() - Date.parse(last) < codeCoolDownMs))
        return { outcome: 'sent', right };
      changeInvitation(draft, (live) => ({ ...live, secondCode: { ...live.secondCode, requestedAt } }));
      draft.events.push({
        type: 'revealCode.requested',
        data: { invitation: draft.account.invitation?.id ?? '', ...applicationOf(draft.onboarding) },
      });
      return { outcome: 'sent', right };
    });
  }

  /** Shows the password. Of two who ask at once one is shown it, and one finds the link used. */
  async reveal(tenant: string, token: string, given: GivenProof): Promise<RevealResult> {
    for (let round = 0; round < roundsTried; round += 1) {
      const record = await this.#recordOf(tenant, token);
      const right = this.#judge(tenant, token, record);
      if (right.state !== 'valid' || record === undefined)
        return right.state === 'valid' ? unknown : { outcome: 'void', right };
      const checked = await this.#check(record, right.proof, given);
      if (checked === 'codeExpired') return { outcome: checked, right };
      const result =
        checked === 'wrong'
          ? await this.#change(record, (latest, draft, rules) => this.#refuse(latest, token, draft, rules))
          : await this.#show(record, token);
      if (result !== undefined) return result;
    }
    return unknown;
  }

  /** Slow: outside any line of writers. */
  async #check(
    record: StoredRecord,
    proof: SecondProof,
    given: GivenProof,
  ): Promise<'right' | 'wrong' | 'codeExpired'> {
    const { hasher, clock, settingsOf } = this.#parts;
    const person = provesPerson(record, proof, given);
    if (proof !== 'code') return person ? 'right' : 'wrong';
    const live = liveCode(record.account?.invitation, clock.now());
    if (live === undefined) return person ? 'codeExpired' : 'wrong';
    const code = readCode(given.code, settingsOf(record.tenant).onboarding.code);
    return (await hasher.verify(live, code ?? '')) && code !== undefined && person ? 'right' : 'wrong';
  }

  /** @returns undefined when the record has changed meanwhile, and what was checked must be checked again */
  async #show(checked: StoredRecord, token: string): Promise<RevealResult | undefined> {
    const { hasher, secrets, settingsOf } = this.#parts;
    const given = openSealedPassword(checked, secrets);
    const password = given ?? generatePassword(settingsOf(checked.tenant).passwords.minLength);
    const hash = given === undefined ? await hasher.hash(password) : undefined;
    return this.#change(checked, (latest, draft, rules): RevealResult | undefined => {
      if (latest.version !== checked.version) return undefined;
      const right = this.#judge(latest.tenant, token, latest);
      if (right.state !== 'valid') return { outcome: 'void', right };
      const link =
        draft.account.invitation === undefined ? undefined : linkOf(draft.account.invitation, hashToken(token));
      const sent: SentMessage = link === undefined ? { delivery: '' } : omit(link, 'tokenHash');
      const proved = provedAddress(draft, rules, { invitation: draft.account.invitation?.id, message: link?.delivery });
      const mustChange = mustChangeMailed(draft.onboarding, rules.settings);
      if (hash === undefined) noteMailed(draft, sent);
      else takeGenerated(draft, rules, hash, sent);
      noteProof(draft, token, { state: 'passwordShown', at: rules.now.toISOString() });
      draft.account = {
        ...endInvitation(draft.account, 'used', rules.now.toISOString()),
        ...(proved === undefined ? {} : { verifiedEmail: proved }),
      };
      delete draft.onboarding.invitationExpiresAt;
      draft.events.push({ type: 'password.revealed', data: {} });
      return { outcome: 'shown', person: right.person, password, mustChange };
    });
  }

  #refuse(latest: StoredRecord, token: string, draft: UserDraft, rules: Rules): Refused {
    const before = this.#judge(latest.tenant, token, latest);
    if (before.state !== 'valid') return { outcome: 'void', right: before };
    noteProof(draft, token, { state: 'proofTried', verdict: 'wrong', at: rules.now.toISOString() });
    countWrongProof(draft, rules.now);
    draft.events.push({ type: 'password.revealRefused', data: {} });
    const after = this.#judge(latest.tenant, token, { ...latest, account: draft.account });
    return after.state === 'valid' ? { outcome: 'wrong', right: after } : { outcome: 'void', right: after };
  }

  async #recordOf(tenant: string, token: string): Promise<StoredRecord | undefined> {
    return this.#parts.store.findByKey(tenant, 'User', tokenKey(hashToken(token)));
  }

  #judge(tenant: string, token: string, record: StoredRecord | undefined): RightToSee | DeadRight {
    const settings = this.#parts.settingsOf(tenant);
    const right = rightToSee(record, hashToken(token), { settings, now: this.#parts.clock.now() });
    if (right.state !== 'valid' || record === undefined) return right.state === 'valid' ? { state: 'unknown' } : right;
    return { ...right, proof: secondProofOf(record, settings, this.#parts.textsGoOut(record.tenant)) };
  }

  /**
   * Changes a user's record on the user's own account; whatever `change` has done to the draft is written, if it has
   * done anything.
   */
  async #change<Answer>(
    user: StoredRecord,
    change: (latest: StoredRecord, draft: UserDraft, rules: Rules) => Answer,
  ): Promise<Answer | typeof unknown> {
    const changed = await this.#parts.changeUser(user, bySelf, (draft, rules, record) => {
      const answer = change(record, draft, rules);
      return draft.events.length === 0 ? keep({ answer }) : write({ answer });
    });
    return changed === undefined ? unknown : changed.answer;
  }
}

/** Puts it below the line of the message whose link this is. */
function noteProof({ account, onboarding }: UserDraft, token: string, use: MessageUse): void {
  const link = account.invitation === undefined ? undefined : linkOf(account.invitation, hashToken(token));
  if (link !== undefined) noteUse(onboarding, link.delivery, use);
}

/** The hash of the code that counts now. */
function liveCode(link: Invitation | undefined, now: Date): string | undefined {
  const { hash, expiresAt } = link?.secondCode ?? {};
  return typeof expiresAt === 'string' && expiresAt <= now.toISOString() ? undefined : hash;
}
