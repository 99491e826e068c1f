import type { Clock } from '../clock.ts';
import { equalJson } from '../json.ts';
import type { Addressee, Prepared } from '../notify/addressee.ts';
import type { Delivery } from '../notify/delivery.ts';
import type { ResourceType } from '../scim/resource-type.ts';
import type { Settings } from '../settings.ts';
import { isAwaited, requestOf } from './awaited-delivery.ts';
import { isActive, type Origin } from './event-policy.ts';
import { emailAddress, notBefore } from './first-key-address.ts';
import { addressFor, changeInvitation, isUnderWay, note, type Scene, type UserDraft, withoutPasswordMail } from './first-key-request.ts';
import { generatePassword } from './generate-password.ts';
import { generateCode } from './invitation-code.ts';
import { addToken, expiryOf, hashToken, newToken, setCode } from './invitations.ts';
import { readOnboarding } from './latchkey-extension.ts';
import { omit } from './omit.ts';
import { rememberedHashes } from './onboarding.ts';
import { draftOf, finishDraft } from './own-password.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { personOf } from './person.ts';
import { quietUntil } from './quiet-hours.ts';
import type { Decision, RecordWriter } from './record-writer.ts';
import type { ResourceStore, StoredRecord } from './resource-store.ts';
import { purposeOfPassword } from './sealed-password.ts';
import { SealBrokenError, type SecretBox } from './secret-box.ts';

/** What the addressee works with. */
export interface FirstKeyAddresseeParts {
  readonly store: ResourceStore;
  readonly writer: RecordWriter;
  readonly clock: Clock;
  readonly settingsOf: (tenant: string) => Settings;
  readonly hasher: PasswordHasher;
  readonly secrets: SecretBox;
  readonly userType: ResourceType;
  /** What links begin with, without a slash at the end. */
  readonly publicUrl: string;
}

type Values = Extract<Prepared, { readonly outcome: 'send' }>['values'];

/** A secret made for one message: what the message says, and what the record keeps of it. */
interface Minted {
  readonly values: Values;
  /** Puts the hash on the record. */
  readonly keep: (draft: UserDraft, scene: Scene) => void;
}

const bySystem: Origin = { triggeredBy: 'system' };

/**
 * The person behind a delivery. A secret is made in the moment of sending and only its hash is kept, durably, before the message goes:
 * a retry makes a new one. A delivery that the user's record no longer asks for is called off.
 */
export class FirstKeyAddressee implements Addressee {
  readonly #parts: FirstKeyAddresseeParts;

  constructor(parts: FirstKeyAddresseeParts) {
    this.#parts = parts;
  }

  async prepare(delivery: Delivery): Promise<Prepared> {
    const { store, settingsOf, clock } = this.#parts;
    const settings = settingsOf(delivery.tenant);
    const record = await store.get(delivery.tenant, 'User', delivery.userId);
    const scene: Scene = { settings, now: clock.now(), newId: () => clock.newId() };
    const verdict = judge(record, delivery, scene);
    if ('outcome' in verdict) return verdict;
    const person = personOf(verdict.record);
    const quiet = quietUntil(settings.onboarding.quietHours, person.timezone ?? settings.timezone, scene.now);
    // Somebody who has just asked for a way back in is awake.
    if (quiet !== undefined && requestOf(delivery) !== 'recovery') return { outcome: 'hold', until: quiet, reason: 'quiet hours' };
    const minted = await this.#mint(delivery, verdict.record, scene);
    if (minted !== undefined) {
      const refused = await this.#keep(delivery, minted);
      if (refused !== undefined) return refused;
    }
    const values: Values = {
      ...(person.displayName === undefined ? {} : { displayName: person.displayName }),
      userName: person.userName, productName: settings.productName, timezone: person.timezone ?? settings.timezone,
      ...(minted?.values ?? { link: `${this.#parts.publicUrl}/sign-in` }),
    };
    return { outcome: 'send', to: verdict.to, locales: [...person.locales, settings.locale, 'en'], values };
  }

  async report(delivery: Delivery): Promise<void> {
    const { writer, clock, settingsOf, userType } = this.#parts;
    await writer.update<void>({ tenant: delivery.tenant, type: userType, id: delivery.userId }, (record): Decision<void> => {
      if (record === undefined) return { kind: 'keep', answer: undefined };
      const scene: Scene = { settings: settingsOf(delivery.tenant), now: clock.now(), newId: () => clock.newId() };
      const draft = draftOf(record);
      noteDelivery(draft, delivery);
      if (isAwaited(draft.account, delivery)) follow(draft, delivery);
      const change = finishDraft(draft, scene);
      const same = equalJson(record.resource, change.resource) && JSON.stringify(record.account) === JSON.stringify(change.account);
      return same ? { kind: 'keep', answer: undefined } : { kind: 'put', change, answer: () => undefined };
    }, { origin: bySystem });
  }

  /** Makes the secret that the message needs; undefined when it needs none. Slow: outside any line of writers. */
  async #mint(delivery: Delivery, record: StoredRecord, { settings, now }: Scene): Promise<Minted | undefined> {
    const { hasher, publicUrl } = this.#parts;
    if (requestOf(delivery) === undefined) return undefined;
    if (delivery.template === 'password') return this.#mintPassword(record, settings);
    const invitation = record.account!.invitation!;
    const expiresAt = expiryOf(invitation.method, settings, now);
    if (invitation.method === 'emailLink') {
      const token = newToken();
      const page = invitation.purpose === 'verifyEmail' ? 'verify-email' : 'set-password';
      return {
        values: { link: `${publicUrl}/${page}?token=${token}`, expiresAt },
        keep: (draft) => changeInvitation(draft, (live) => addToken(live, hashToken(token), expiresAt)),
      };
    }
    const code = generateCode(settings.onboarding.code);
    const codeHash = await hasher.hash(code);
    return {
      values: { code, link: `${publicUrl}/set-password`, expiresAt },
      keep: (draft) => changeInvitation(draft, (live) => setCode(live, codeHash, expiresAt)),
    };
  }

  async #mintPassword(record: StoredRecord, settings: Settings): Promise<Minted> {
    const { hasher, publicUrl } = this.#parts;
    const mustChange = settings.onboarding.changeMailedPassword || readOnboarding(record.resource).forcePasswordReset === true;
    const given = this.#open(record);
    const password = given ?? generatePassword(settings.passwords.minLength);
    const hash = given === undefined ? await hasher.hash(password) : undefined;
    return {
      values: { password, mustChange, link: `${publicUrl}/sign-in`, expiresAt: null },
      keep: (draft, { now }) => {
        if (hash === undefined) return;
        const { account } = draft;
        // Of several generated for one mail only the last was ever good: the others are no history.
        const passwordHistory = account.mailedPassword === true ? account.passwordHistory : rememberedHashes(account, settings.passwords.history);
        const at = now.toISOString();
        draft.account = { ...account, passwordHash: hash, passwordHistory, mailedPassword: mustChange, sessionsValidFrom: at };
        draft.onboarding.passwordChangedAt = at;
      },
    };
  }

  /** The password that the client gave; undefined when there is none (any more) or its key is gone: then one is generated. */
  #open({ tenant, id, account }: StoredRecord): string | undefined {
    if (account?.sealedPassword === undefined) return undefined;
    try {
      return this.#parts.secrets.open(account.sealedPassword, { tenant, id, purpose: purposeOfPassword });
    } catch (error) {
      if (error instanceof SealBrokenError) return undefined;
      throw error;
    }
  }

  /** Stores what is kept of the secret, if the record still asks for the delivery; else says why it is not to be sent. */
  async #keep(delivery: Delivery, minted: Minted): Promise<Prepared | undefined> {
    const { writer, clock, settingsOf, userType } = this.#parts;
    return writer.update<Prepared | undefined>({ tenant: delivery.tenant, type: userType, id: delivery.userId }, (record): Decision<Prepared | undefined> => {
      const scene: Scene = { settings: settingsOf(delivery.tenant), now: clock.now(), newId: () => clock.newId() };
      const verdict = judge(record, delivery, scene);
      if ('outcome' in verdict) return { kind: 'keep', answer: verdict };
      const draft = draftOf(verdict.record);
      minted.keep(draft, scene);
      if (draft.onboarding.status === 'held') draft.onboarding.status = 'queued';
      return { kind: 'put', change: finishDraft(draft, scene), answer: () => undefined };
    }, { origin: bySystem });
  }
}

/** Whether a delivery may go out, and where to. */
function judge(record: StoredRecord | undefined, delivery: Delivery, scene: Scene): Exclude<Prepared, { outcome: 'send' }> | { readonly record: StoredRecord; readonly to: string } {
  if (record === undefined) return { outcome: 'cancel', reason: 'the user is deleted' };
  if (!isActive(record.resource)) return { outcome: 'cancel', reason: 'the user is deactivated' };
  const draft = draftOf(record);
  const kind = requestOf(delivery);
  if (kind !== undefined && !isAwaited(draft.account, delivery)) return { outcome: 'cancel', reason: 'superseded, or no longer needed' };
  const start = notBefore(draft.onboarding, scene.settings, scene.now);
  if (start !== undefined) return { outcome: 'hold', until: start, reason: 'the start date has not come' };
  const method = draft.account.invitation?.method ?? 'emailLink';
  if (kind !== undefined && kind !== 'passwordMail' && expiryOf(method, scene.settings, scene.now) === scene.now.toISOString()) {
    return { outcome: 'fail', reason: 'expired on arrival: the expiry of this method is 0' };
  }
  const to = kind === undefined ? emailAddress(record.resource) : addressFor(draft, scene, kind, method);
  return to === undefined ? { outcome: 'fail', reason: 'there is no address to send to' } : { record, to };
}

function noteDelivery(draft: UserDraft, delivery: Delivery): void {
  const older = draft.onboarding.deliveries?.find(({ id }) => id === delivery.id);
  // A report that comes late or twice must not turn the clock back.
  if (older !== undefined && isFinal(older.state) && !isFinal(delivery.state)) return;
  note(draft, {
    id: delivery.id, channel: delivery.channel, template: delivery.template, state: delivery.state, attempts: delivery.attempts,
    at: delivery.endedAt ?? (older?.state === delivery.state && older.attempts === delivery.attempts ? older.at : delivery.notBefore),
    ...(delivery.lastReply === undefined ? {} : { reply: delivery.lastReply }),
  });
}

function isFinal(state: string): boolean {
  return state === 'sent' || state === 'dead' || state === 'cancelled';
}

/** What the outcome of the delivery that the user waits for makes of their status. */
function follow(draft: UserDraft, delivery: Delivery): void {
  const { onboarding, account } = draft;
  const kind = requestOf(delivery);
  const firstKey = (kind === 'invitation' || kind === 'passwordMail') && isUnderWay(onboarding);
  if (kind === 'passwordMail' && isFinal(delivery.state)) {
    // A dead mail can be queued again by an admin; it will then carry a new password.
    draft.account = delivery.state === 'dead' ? omit(account, 'sealedPassword') : withoutPasswordMail(account);
  }
  if (!firstKey || delivery.template === 'reminder') return;
  if (delivery.state === 'sent') {
    onboarding.status = kind === 'invitation' ? 'invited' : 'delivered';
    if (delivery.endedAt !== undefined) onboarding.invitedAt = delivery.endedAt;
  } else if (delivery.state === 'dead') {
    onboarding.status = expiredOnArrival(draft, delivery) ? 'expired' : 'failed';
  }
}

function expiredOnArrival({ account }: UserDraft, { template, lastReply }: Delivery): boolean {
  return template !== 'password' && account.invitation?.expiresAt === undefined && lastReply?.startsWith('expired on arrival') === true;
}
