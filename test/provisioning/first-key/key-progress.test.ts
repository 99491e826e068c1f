import { expect } from 'chai';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { keyProgress } from '../../../src/provisioning/first-key/key-progress.ts';
import { emptyAccount, type Account, type Invitation } from '../../../src/provisioning/records/account.ts';
import type { StoredRecord } from '../../../src/provisioning/records/resource-store.ts';
import { latchkeyUrn, type DeliveryNote, type Onboarding } from '../../../src/provisioning/user/latchkey-extension.ts';

const settings = loadSettings(undefined);
const now = new Date('2031-05-06T07:08:09.000Z');
const [past, future] = ['2031-05-06T06:00:00.000Z', '2031-05-06T09:00:00.000Z'];
const hashed = { passwordHash: '$argon2id$' };

function invitation(purpose: Invitation['purpose'], expiresAt?: string | null): Invitation {
  return {
    id: 'i1',
    purpose,
    method: 'emailLink',
    state: 'pending',
    links: [],
    wrongTries: 2,
    createdAt: past,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function note(state: string, reply = `it is ${state}`): DeliveryNote {
  return { id: `d-${state}`, channel: 'email', template: 'invitation', state, attempts: 1, at: past, reply };
}

function record(onboarding: Onboarding, account: Partial<Account> = {}, active = true): StoredRecord {
  return {
    tenant: 'default',
    type: 'User',
    id: 'u1',
    version: 1,
    created: past,
    lastModified: past,
    resource: {
      userName: 'ines',
      displayName: 'Ines',
      emails: [{ value: 'ines@mail.example' }],
      active,
      [latchkeyUrn]: onboarding,
    },
    account: { ...emptyAccount, ...account },
    uniqueKeys: [],
    lookupKeys: [],
    search: {},
  } as unknown as StoredRecord;
}

describe('what is in the way of a user', () => {
  const sent = (state: string): Onboarding => ({ status: 'failed', deliveries: [note('sent'), note(state)] });
  for (const [title, onboarding, account, hindrance, detail] of [
    ['nothing has been sent', {}, {}, 'nothingSent', undefined],
    ['nothing has been sent, and it is said so', { status: 'none' }, {}, 'nothingSent', undefined],
    ['a password was given', { status: 'none' }, hashed, undefined, undefined],
    ['the message is held', { status: 'held', deliveries: [note('held')] }, {}, 'held', 'it is held'],
    ['the message is held without a line', { status: 'held' }, {}, 'held', undefined],
    ['the message is queued', { status: 'queued', deliveries: [note('queued')] }, {}, 'queued', undefined],
    ['there is no address', sent('failed'), {}, 'noAddress', 'it is failed'],
    ['a server refused', sent('dead'), {}, 'deliveryFailed', 'it is dead'],
    ['no line says what failed', { status: 'failed' }, {}, 'deliveryFailed', undefined],
    ['the mail came back', { ...sent('bounced'), status: 'bounced' }, {}, 'bounced', 'it is bounced'],
    ['there was a complaint', { ...sent('complained'), status: 'bounced' }, {}, 'bounced', 'it is complained'],
    [
      'the invitation is open',
      { status: 'invited' },
      { invitation: invitation('invitation', future) },
      'invitationUnused',
      undefined,
    ],
    [
      'the invitation never ends',
      { status: 'invited' },
      { invitation: invitation('invitation', null) },
      'invitationUnused',
      undefined,
    ],
    [
      'the invitation has run out',
      { status: 'invited' },
      { invitation: invitation('invitation', past) },
      'expired',
      undefined,
    ],
    [
      'it was written down that it has',
      { status: 'expired' },
      { invitation: invitation('invitation', past) },
      'expired',
      undefined,
    ],
    [
      'five codes were wrong',
      { status: 'expired' },
      { pastInvitations: [{ ...invitation('invitation'), state: 'spent' }] },
      'tooManyWrongCodes',
      undefined,
    ],
    [
      'another was sent since',
      { status: 'expired' },
      {
        invitation: invitation('invitation', past),
        pastInvitations: [{ ...invitation('invitation'), state: 'spent' }],
      },
      'expired',
      undefined,
    ],
    ['the password was mailed', { status: 'delivered' }, hashed, 'passwordUnused', undefined],
    [
      'the link to a password is open',
      { status: 'delivered' },
      { invitation: invitation('reveal', future) },
      'passwordUnused',
      undefined,
    ],
    [
      'the link to a password has run out',
      { status: 'delivered' },
      { invitation: invitation('reveal', past) },
      'expired',
      undefined,
    ],
    ['the user is in', { status: 'active' }, hashed, undefined, undefined],
    ['the start lies ahead', { status: 'held', startDate: '2031-06-01T00:00:00.000Z' }, {}, 'notStarted', undefined],
    ['sign-in failed too often', { status: 'active' }, { ...hashed, lockedUntil: future }, 'failedSignIns', undefined],
    ['the address is to be proved', { status: 'active', verifyEmail: true }, hashed, 'emailNotVerified', undefined],
  ] as const satisfies readonly (readonly [
    string,
    Onboarding,
    Partial<Account>,
    string | undefined,
    string | undefined,
  ])[]) {
    it(`is ${hindrance ?? 'nothing'} where ${title}`, () => {
      const progress = keyProgress(record(onboarding, account), { settings, now });
      expect({ hindrance: progress.hindrance, detail: progress.detail }).to.deep.equal({ hindrance, detail });
    });
  }

  it('is that they are deactivated, whatever else is', () => {
    const progress = keyProgress(record({ status: 'invited' }, {}, false), { settings, now });
    expect([progress.hindrance, progress.user.active]).to.deep.equal(['deactivated', false]);
  });
});

describe('keyProgress', () => {
  it('says of an invitation what it is for, and counts time as it is now', () => {
    const expired = keyProgress(record({ status: 'invited' }, { invitation: invitation('reveal', past) }), {
      settings,
      now,
    });
    expect(expired.invitation).to.deep.equal({
      purpose: 'passwordMail',
      method: 'emailLink',
      state: 'expired',
      createdAt: past,
      expiresAt: past,
      wrongTries: 2,
    });
    expect([expired.status, expired.pending]).to.deep.equal(['expired', 'passwordMail']);
    const open = keyProgress(record({ status: 'invited' }, { invitation: invitation('invitation') }), {
      settings,
      now,
    });
    expect(open.invitation).to.include({ state: 'open', purpose: 'invitation' });
  });

  it('says until when sign-in is refused', () => {
    const { locked, lockedReason, lockedUntil } = keyProgress(
      record({ status: 'active' }, { ...hashed, lockedUntil: future }),
      { settings, now },
    );
    expect({ locked, lockedReason, lockedUntil }).to.deep.equal({
      locked: true,
      lockedReason: 'failedAttempts',
      lockedUntil: future,
    });
  });
});
