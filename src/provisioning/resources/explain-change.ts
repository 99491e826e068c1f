import type { DomainEvent, EventType } from '../../domain/events.ts';
import { addressChanged } from '../first-key/follow-address.ts';
import { emptyAccount } from '../records/account.ts';
import { standingOf } from '../user/arrival.ts';
import { startOf } from '../user/first-key-address.ts';
import type { Rules } from '../user/user-draft.ts';
import { type Onboarding, readOnboarding } from '../user/latchkey-extension.ts';
import type { Commit, StoredRecord } from '../records/resource-store.ts';

/** A write that was worked out and not done. */
export interface DryRunChange {
  readonly before: StoredRecord | undefined;
  /** Undefined: nothing would have been written. */
  readonly commit: Commit | undefined;
  /** The client sent a password with it. */
  readonly password: boolean;
}

/** The rules of the first key that decided about a change, each as `name: sentence`. Pure. */
export function explainChange({ before, commit, password }: DryRunChange, moment: Rules): string[] {
  if (commit === undefined)
    return ['unchanged: everything is so already; there would be no new version, no event and no message'];
  if (commit.kind === 'remove') {
    return [
      'removed: the resource would be gone',
      ...(commit.type === 'User'
        ? ['cancelled: what is pending for the user would be called off, and their sessions end']
        : []),
    ];
  }
  if (commit.record.type !== 'User') return [];
  const had: Onboarding = before === undefined ? {} : readOnboarding(before.resource);
  const after = readOnboarding(commit.record.resource);
  return [
    ...passwordRules(before, commit.record, password),
    ...lateRules(before, had, after, commit.events),
    ...commit.events.flatMap((event) => eventRule(event, had, after, before === undefined) ?? []),
    ...addressRules(had, after),
    ...timeRules(after, moment),
    ...statusRules(had, after, commit.events, moment),
  ];
}

function passwordRules(before: StoredRecord | undefined, { account }: StoredRecord, sent: boolean): string[] {
  if (!sent) return [];
  if (account?.passwordHash === before?.account?.passwordHash) {
    return [
      'password: the one that was sent is not kept: a placeholder, one the user has or had, or the tenant '
        + 'drops what clients send (passwords.fromClients)',
    ];
  }
  return [
    account?.sealedPassword === undefined
      ? 'password: kept as a hash, not mailed'
      : 'password: kept as a hash, and sealed until it has gone to the user',
  ];
}

/** A flag that comes late, and does nothing or less than on a create. */
function lateRules(
  before: StoredRecord | undefined,
  had: Onboarding,
  after: Onboarding,
  events: readonly DomainEvent[],
): string[] {
  if (before === undefined) return [];
  const flags = (['preRegistration', 'sendPassword'] as const).filter(
    (flag) => after[flag] === true && had[flag] !== true,
  );
  const [flag] = flags;
  const standing = standingOf(had, before.account ?? emptyAccount);
  if (flag === undefined || standing === 'noPassword') return [];
  if (events.some(({ type }) => type === 'passwordMail.requested')) return [];
  return [
    standing === 'arrived'
      ? `${flags.join(', ')}: it comes late; the user has chosen a password or signed in, so nothing `
        + 'is sent and nothing is locked'
      : `${flags.join(', ')}: it comes late; the user has a password that was never used, so they `
        + 'are invited and not locked',
  ];
}

function eventRule(
  { type, data }: DomainEvent,
  had: Onboarding,
  after: Onboarding,
  created: boolean,
): string | undefined {
  const rises = (flag: 'preRegistration' | 'sendPassword') => after[flag] === true && (created || had[flag] !== true);
  const method = typeof data['method'] === 'string' ? data['method'] : 'emailLink';
  switch (type) {
    case 'invitation.requested':
      return rises('preRegistration')
        ? `preRegistration: it turns true, so the user is invited (${method})`
        : `restart: the pending invitation is sent again (${method})`;
    case 'passwordMail.requested': {
      const what =
        data['reveal'] === true
          ? 'a link is mailed to a page that shows '
            + `${data['generated'] === true ? 'a generated password' : 'the password that was given'} `
            + 'once (mailedPassword: reveal)'
          : data['generated'] === true
            ? 'a password is generated when its mail is sent'
            : 'the password that was given is mailed';
      return rises('sendPassword') ? `sendPassword: it turns true, so ${what}` : `restart: ${what}`;
    }
    case 'emailVerification.requested':
      return 'verifyEmail: the address must be proved before sign-in';
    case 'deliveries.cancelled':
      return 'cancelled: what is pending for the user is called off';
    default:
      return undefined;
  }
}

function addressRules(had: Onboarding, after: Onboarding): string[] {
  const known = new Set(had.deliveries?.filter(({ state }) => state === 'superseded').map(({ id }) => id));
  const isChanged = after.deliveries?.some(({ id, state }) => state === 'superseded' && !known.has(id));
  return isChanged === true ? [`address: ${addressChanged}`] : [];
}

function timeRules(after: Onboarding, { settings, now }: Rules): string[] {
  const start = startOf(after, settings);
  if (start === undefined || start <= now) return [];
  const { leadDays } = settings.onboarding;
  return [
    'startDate: nothing is sent and no sign-in works before '
      + `${start.toISOString()}${leadDays === 0 ? '' : ` (leadDays: ${leadDays})`}`,
  ];
}

function statusRules(
  had: Onboarding,
  after: Onboarding,
  events: readonly DomainEvent[],
  { settings: { onboarding: rules } }: Rules,
): string[] {
  const said: string[] = [];
  const has = (type: EventType) => events.some((event) => event.type === type);
  const [newest] = after.deliveries ?? [];
  if (after.status === 'failed' && newest?.state === 'failed' && newest.id !== had.deliveries?.[0]?.id)
    said.push(`noAddress: ${newest.reply ?? 'there is no address'}`);
  if (after.status === 'expired' && had.status !== 'expired')
    said.push('expiryMinutes: it is 0 for this method, so nothing usable is issued');
  if (after.lockedReason === 'pendingPassword' && had.lockedReason !== 'pendingPassword')
    said.push('lockUntilPasswordSet: sign-in is refused until the password is set');
  if (has('invitation.requested') && rules.reminderHours.length > 0) {
    said.push(
      `reminderHours: reminders ${rules.reminderHours.join(' and ')} hours after it was sent, as long as `
        + 'the invitation is open and no password is set',
    );
  }
  return said;
}
