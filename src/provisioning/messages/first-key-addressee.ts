import type { Addressee, Prepared } from '../../notify/delivery/addressee.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { Settings } from '../../config/settings.ts';
import { methodOfDelivery, requestOf } from './awaited-delivery.ts';
import type { Origin } from '../records/origin.ts';
import { changeInvitation } from '../first-key/first-key-request.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { followDelivery } from './follow-delivery.ts';
import { generatePassword } from '../passwords/generate-password.ts';
import { codeOfInvitation, generateCode } from '../first-key/invitation-code.ts';
import { addLink, expiryOf, hashToken, linkPage, newToken, purposeOfLink, setCode } from '../first-key/invitations.ts';
import { isForManager, judgeDelivery, type Verdict } from './judge-delivery.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import { noteMailed, takeGenerated } from '../first-key/mailed-password.ts';
import { mustChangeMailed } from '../user/forced-change.ts';
import { sentMessageTo } from '../first-key/key-address.ts';
import type { SentMessage } from '../records/account.ts';
import { addressOf, managerOf } from '../user/manager.ts';
import { messageTo } from './message-to.ts';
import { noteRequeued } from './note-requeued.ts';
import { codeOf, keepMinted, passwordOf, secretFor } from './minted-secret.ts';
import { NumberLimit } from './number-limit.ts';
import { type UserDecision, write, rulesOf, keep } from '../user/change-user.ts';
import { pageLink } from './page-link.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { openSealedPassword } from '../passwords/sealed-password.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { noteMessage } from '../user/timeline.ts';

/** What the addressee works with. */
export interface FirstKeyAddresseeParts extends ServiceParts {
  /** What links begin with, without a slash at the end. */
  readonly publicUrl: string;
}

type Values = Extract<Prepared, { readonly outcome: 'send' }>['values'];

/** A secret made for one message: what the message says, and what the record keeps of it. */
interface Minted {
  readonly values: Values;
  /** Where an earlier try went with the same secret: it is for this address alone. */
  readonly wentTo?: string | undefined;
  /** Puts the hash on the record. */
  readonly keep: (draft: UserDraft, rules: Rules, sent: SentMessage & { readonly to: string }) => void;
}

const bySystem: Origin = { triggeredBy: 'system' };

/**
 * The person behind a delivery. A secret is made in the moment of sending and only its hash is kept, durably, before
 * the message goes: a retry carries the same code or password, and a further link. A delivery that the user's
 * record no longer asks for is called off.
 */
export class FirstKeyAddressee implements Addressee {
  readonly #parts: FirstKeyAddresseeParts;
  readonly #numbers = new NumberLimit();
  readonly #codeKey: Buffer;

  constructor(parts: FirstKeyAddresseeParts) {
    this.#parts = parts;
    this.#codeKey = parts.secrets.derive('invitation codes')[0]!;
  }

  async prepare(delivery: Delivery): Promise<Prepared> {
    const { store } = this.#parts;
    const record = await store.get(delivery.tenant, 'User', delivery.userId);
    const rules = rulesOf(delivery.tenant, this.#parts);
    const { settings } = rules;
    const manager = record === undefined || !isForManager(delivery) ? undefined : await managerOf(store, record);
    const verdict = judgeDelivery(record, delivery, rules, addressOf(manager));
    if (record === undefined || verdict.outcome !== 'go') return withoutAddress(verdict);
    if (delivery.channel === 'sms') {
      const opensAt = this.#numbers.opensAt(verdict.to, sentTexts(record), settings.sms.perNumberHourly, rules.now);
      if (opensAt !== undefined)
        return { outcome: 'hold', until: opensAt, reason: 'this number has had its text messages for the hour' };
      this.#numbers.count(verdict.to, rules.now);
    }
    const minted = await this.#mint(delivery, record, rules, foldCase(verdict.to));
    const kept = minted === undefined ? verdict : await this.#keep(delivery, minted);
    if (kept.outcome !== 'go') return withoutAddress(kept);
    if (minted?.wentTo !== undefined && minted.wentTo !== foldCase(kept.to))
      return { outcome: 'hold', until: rules.now, reason: 'the address has just changed' };
    return messageTo(
      { to: kept.to, record, manager, delivery },
      settings,
      minted?.values ?? { link: pageLink(this.#parts.publicUrl, 'sign-in', readOnboarding(record.resource)) },
    );
  }

  async report(delivery: Delivery): Promise<void> {
    await this.#parts.changeUser({ tenant: delivery.tenant, id: delivery.userId }, bySystem, (draft, rules) => {
      followDelivery(draft, delivery, rules);
      return write(undefined);
    });
  }

  async putBack(delivery: Delivery): Promise<void> {
    await this.#parts.changeUser({ tenant: delivery.tenant, id: delivery.userId }, bySystem, (draft, rules) => {
      noteRequeued(draft, rules, delivery);
      return write(undefined);
    });
  }

  /** Makes the secret that the message needs; undefined when it needs none. Slow: outside any line of writers. */
  async #mint(delivery: Delivery, record: StoredRecord, rules: Rules, to: string): Promise<Minted | undefined> {
    const { publicUrl } = this.#parts;
    const { settings, now } = rules;
    if (delivery.template === 'revealCode') return this.#mintSecondCode(delivery, record, rules, to);
    if (requestOf(delivery) === undefined) return undefined;
    if (delivery.template === 'password') return this.#mintPassword(delivery, record, settings, to);
    const invitation = record.account!.invitation!;
    const method = methodOfDelivery(delivery, record.account!);
    const expiresAt = expiryOf(method, settings, now);
    if (method === 'emailLink') {
      const purpose =
        requestOf(delivery) === 'recovery' && invitation.purpose !== 'recovery' ? { purpose: 'recovery' as const } : {};
      const token = newToken();
      return {
        values: { link: `${publicUrl}/${linkPage(purposeOfLink(purpose, invitation))}?token=${token}`, expiresAt },
        keep: (draft, _, sent) =>
          changeInvitation(draft, (live) =>
            addLink(live, { tokenHash: hashToken(token), ...purpose, ...sent }, expiresAt),
          ),
      };
    }
    const code = await secretFor(this.#parts, delivery, record, { inForce: codeOf(invitation, delivery), to }, () =>
      codeOfInvitation(this.#codeKey, invitation.id, settings.onboarding.code),
    );
    return {
      values: {
        code: code.secret,
        link: pageLink(publicUrl, 'set-password', readOnboarding(record.resource)),
        expiresAt,
      },
      wentTo: code.wentTo,
      keep: (draft, _, sent) => {
        changeInvitation(draft, (live) =>
          live.code?.hash === code.hash
            ? { ...live, expiresAt }
            : setCode(live, { hash: code.hash, ...sent }, expiresAt),
        );
        keepMinted(draft, code.sealed);
      },
    };
  }

  async #mintPassword(delivery: Delivery, record: StoredRecord, settings: Settings, to: string): Promise<Minted> {
    const { secrets, publicUrl } = this.#parts;
    const onboarding = readOnboarding(record.resource);
    const given = openSealedPassword(record, secrets);
    const made =
      given === undefined
        ? await secretFor(this.#parts, delivery, record, { inForce: passwordOf(record, delivery), to }, () =>
            generatePassword(settings.passwords.minLength),
          )
        : undefined;
    return {
      values: {
        password: made?.secret ?? given ?? null,
        mustChange: mustChangeMailed(onboarding, settings),
        link: pageLink(publicUrl, 'sign-in', onboarding),
        expiresAt: null,
      },
      wentTo: made?.wentTo,
      keep: (draft, rules, sent) => {
        if (made === undefined) return noteMailed(draft, sent);
        if (draft.account.passwordHash !== made.hash) takeGenerated(draft, rules, made.hash, sent);
        keepMinted(draft, made.sealed);
      },
    };
  }

  /** The code that goes to a phone because the link to the password went by mail. */
  async #mintSecondCode(
    delivery: Delivery,
    record: StoredRecord,
    { settings, now }: Rules,
    to: string,
  ): Promise<Minted> {
    const { publicUrl } = this.#parts;
    const code = await secretFor(
      this.#parts,
      delivery,
      record,
      { inForce: record.account?.invitation?.secondCode, to },
      () => generateCode(settings.onboarding.code),
    );
    const expiresAt = expiryOf('smsOtp', settings, now);
    return {
      values: { code: code.secret, link: `${publicUrl}/reveal-password`, expiresAt },
      wentTo: code.wentTo,
      keep: (draft, _, { to }) => {
        changeInvitation(draft, (live) => ({
          ...live,
          secondCode: { requestedAt: now.toISOString(), ...live.secondCode, hash: code.hash, expiresAt, to },
        }));
        keepMinted(draft, code.sealed);
      },
    };
  }

  /**
   * Stores what is kept of the secret and where it goes, if the record still asks for the delivery.
   * @returns whether it may go, and where to by the record as it is now; else why not
   */
  async #keep(delivery: Delivery, minted: Minted): Promise<Verdict> {
    const { changeUser, settingsOf, clock } = this.#parts;
    const kept = await changeUser(
      { tenant: delivery.tenant, id: delivery.userId },
      bySystem,
      (draft, rules, record): UserDecision<Verdict> => {
        const verdict = judgeDelivery(record, delivery, rules);
        if (verdict.outcome !== 'go') return keep(verdict);
        minted.keep(draft, rules, sentMessageTo(verdict.to, delivery.id));
        noteLeased(draft, delivery, rules);
        if (delivery.template === 'reminder') noteReminder(draft, delivery, rules);
        else if (draft.onboarding.status === 'held') draft.onboarding.status = 'queued';
        return write(verdict);
      },
    );
    return kept ?? judgeDelivery(undefined, delivery, rulesOf(delivery.tenant, { settingsOf, clock }));
  }
}

function noteLeased(draft: UserDraft, { id, channel, template, attempts, createdAt }: Delivery, { now }: Rules): void {
  const at = now.toISOString();
  noteMessage(draft.onboarding, {
    id,
    channel,
    template,
    state: 'leased',
    attempts,
    at,
    queuedAt: createdAt,
    leasedAt: at,
  });
}

/** A reminder brings the invitation back to life where it has run out meanwhile. */
function noteReminder(draft: UserDraft, { id }: Delivery, { now }: Rules): void {
  changeInvitation(draft, (live) => ({ ...live, lastReminder: { delivery: id, at: now.toISOString() } }));
  if (draft.onboarding.status === 'expired') draft.onboarding.status = 'invited';
}

/** The answer to a worker: where it would go is told only to those who preview it. */
function withoutAddress(verdict: Verdict): Prepared {
  if (verdict.outcome === 'go') throw new Error('a verdict that lets a message go needs the message');
  return verdict.outcome === 'hold' ? { outcome: 'hold', until: verdict.until, reason: verdict.reason } : verdict;
}

/** When text messages went to this user: what a restart does not forget. */
function sentTexts({ resource }: StoredRecord): Date[] {
  const { deliveries = [] } = readOnboarding(resource);
  return deliveries.filter(({ channel, state }) => channel === 'sms' && state === 'sent').map(({ at }) => new Date(at));
}
