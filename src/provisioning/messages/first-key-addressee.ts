import type { Addressee, Prepared } from '../../notify/delivery/addressee.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { Origin } from '../records/origin.ts';
import { changeInvitation } from '../first-key/first-key-request.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { followDelivery } from './follow-delivery.ts';
import { isForManager, judgeDelivery, type Verdict } from './judge-delivery.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import { sentMessageTo } from '../first-key/key-address.ts';
import { addressOf, managerOf } from '../user/manager.ts';
import { messageTo } from './message-to.ts';
import { noteRequeued } from './note-requeued.ts';
import { mintKey, type Minted, type MintParts } from './mint-key.ts';
import { NumberLimit } from './number-limit.ts';
import { type UserDecision, write, rulesOf, keep } from '../user/change-user.ts';
import { pageLink } from './page-link.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { noteMessage } from '../user/timeline.ts';

/** What the addressee works with. */
export interface FirstKeyAddresseeParts extends ServiceParts {
  /** What a tenant's links begin with, without a slash at the end. */
  readonly publicUrlOf: (tenant: string) => string;
}

const bySystem: Origin = { triggeredBy: 'system' };

/**
 * The person behind a delivery. A secret is made in the moment of sending and only its hash is kept, durably, before
 * the message goes: a retry carries the same link, code or password. A delivery that the user's
 * record no longer asks for is called off.
 */
export class FirstKeyAddressee implements Addressee {
  readonly #parts: FirstKeyAddresseeParts;
  readonly #numbers = new NumberLimit();

  constructor(parts: FirstKeyAddresseeParts) {
    this.#parts = parts;
  }

  #mintParts(tenant: string): MintParts {
    const { publicUrlOf, secrets } = this.#parts;
    return { ...this.#parts, publicUrl: publicUrlOf(tenant), codeKey: secrets.derive('invitation codes', tenant)[0]! };
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
    const minted = await mintKey(this.#mintParts(delivery.tenant), delivery, record, rules, foldCase(verdict.to));
    const kept = minted === undefined ? verdict : await this.#keep(delivery, minted, record);
    if (kept.outcome !== 'go') return withoutAddress(kept);
    if (minted?.wentTo !== undefined && minted.wentTo !== foldCase(kept.to))
      return { outcome: 'hold', until: rules.now, reason: 'the address has just changed' };
    return messageTo(
      { to: kept.to, record, manager, delivery },
      settings,
      minted?.values ?? {
        link: pageLink(this.#parts.publicUrlOf(delivery.tenant), 'sign-in', readOnboarding(record.resource)),
      },
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

  /**
   * Stores what is kept of the secret and where it goes, if the record still asks for the delivery.
   * @returns whether it may go, and where to by the record as it is now; else why not
   */
  async #keep(delivery: Delivery, minted: Minted, read: StoredRecord): Promise<Verdict> {
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
      read,
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
