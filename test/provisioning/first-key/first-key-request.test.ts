import { expect } from 'chai';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { cancelPending, pendingRequest, requestKey } from '../../../src/provisioning/first-key/first-key-request.ts';
import type { KeyRequest } from '../../../src/provisioning/first-key/key-address.ts';
import { type Account, emptyAccount, type Invitation } from '../../../src/provisioning/records/account.ts';
import type { Onboarding } from '../../../src/provisioning/user/latchkey-extension.ts';
import type { Rules, UserDraft } from '../../../src/provisioning/user/user-draft.ts';
import type { SettingsPatch } from '../../support/provisioning-bench.ts';

// The requests for a key by themselves: what is superseded, what the user is shown, and which event asks for what.

const defaults = loadSettings(undefined);
const now = new Date('2031-05-06T07:08:09.000Z');
const earlier = '2031-05-06T06:00:00.000Z';

const pending = (purpose: Invitation['purpose']): Invitation => ({
  id: 'old',
  purpose,
  method: 'emailLink',
  state: 'pending',
  links: [],
  wrongTries: 0,
  createdAt: earlier,
});
const mailPending: Partial<Account> = { passwordMail: { id: 'old', createdAt: earlier }, sealedPassword: 'v1.sealed' };

function rulesWith(onboarding: SettingsPatch['onboarding'] = {}): Rules {
  let ids = 0;
  return {
    settings: { ...defaults, onboarding: { ...defaults.onboarding, ...onboarding } },
    now,
    newId: () => `id-${++ids}`,
  };
}

function draft(account: Partial<Account> = {}, onboarding: Partial<Onboarding> = {}, core: object = {}): UserDraft {
  return {
    resource: { userName: 'ines', active: true, emails: [{ value: 'ines@mail.example' }], ...core },
    onboarding: { status: 'none', ...onboarding },
    account: { ...emptyAccount, ...account },
    events: [],
  };
}

/** The status, the line of the timeline, the event, what the account waits for, and what was superseded. */
function told({ onboarding, account, events }: UserDraft): string {
  const [line] = onboarding.deliveries ?? [];
  const waits = account.passwordMail === undefined ? account.invitation?.purpose : 'passwordMail';
  const past = account.pastInvitations.map(({ state }) => state).join();
  const event = events.map(({ type }) => type).join();
  return [onboarding.status, `${line?.channel} ${line?.template} ${line?.state}`, event, waits, past].join(' | ');
}

describe('requestKey', () => {
  type Row = readonly [
    title: string,
    kind: KeyRequest,
    before: UserDraft,
    outcome: string,
    tenant?: SettingsPatch['onboarding'],
  ];
  const later = { startDate: '2031-06-01T00:00:00.000Z' };
  const back = { undeliverable: [{ address: 'ines@mail.example', reason: 'bounced', at: earlier }] } as const;
  const phone = { phoneNumbers: [{ value: '+4915112345678', type: 'mobile' }] };
  const rows: readonly Row[] = [
    ['an invitation', 'invitation', draft(), 'queued | email invitation queued | invitation.requested | invitation | '],
    [
      'an invitation by code',
      'invitation',
      draft({}, { invitationMethod: 'emailOtp' }),
      'queued | email invitationCode queued | invitation.requested | invitation | ',
    ],
    [
      'an invitation by SMS',
      'invitation',
      draft({}, { invitationMethod: 'smsOtp' }, phone),
      'queued | sms invitationCode queued | invitation.requested | invitation | ',
    ],
    [
      'a second invitation ends the first',
      'invitation',
      draft({ invitation: pending('invitation') }),
      'queued | email invitation queued | invitation.requested | invitation | superseded',
    ],
    [
      'an invitation ends the mail of a password',
      'invitation',
      draft(mailPending),
      'queued | email invitation queued | invitation.requested | invitation | ',
    ],
    [
      'a password by mail ends an invitation',
      'passwordMail',
      draft({ invitation: pending('invitation') }),
      'queued | email password queued | passwordMail.requested | passwordMail | superseded',
    ],
    [
      'where no password travels, its mail holds a link',
      'passwordMail',
      draft(),
      'queued | email passwordReveal queued | passwordMail.requested | reveal | ',
      { mailedPassword: 'reveal' },
    ],
    [
      'before the first day',
      'invitation',
      draft({}, later),
      'held | email invitation held | invitation.requested | invitation | ',
    ],
    [
      'without an address: shown, and nothing asked',
      'invitation',
      draft({}, {}, { emails: [] }),
      'failed | email invitation failed |  | invitation | ',
    ],
    [
      'to an address that mail came back from',
      'invitation',
      draft(back),
      'bounced | email invitation failed |  | invitation | ',
    ],
    [
      'a way back in leaves the state as it is',
      'recovery',
      draft({ passwordHash: 'x' }, { status: 'active' }),
      'active | email recovery queued | recovery.requested | recovery | ',
    ],
    [
      'a way back in, withheld from an address that mail came back from',
      'recovery',
      draft({ ...back, passwordHash: 'x' }, { status: 'active' }),
      'active | email recovery withheld |  |  | ',
    ],
    [
      'proof of an address is a link, whatever the method',
      'verifyEmail',
      draft({}, { invitationMethod: 'smsOtp', status: 'active' }, phone),
      'active | email verifyEmail queued | emailVerification.requested | verifyEmail | ',
    ],
  ];
  for (const [title, kind, before, outcome, tenant] of rows)
    it(title, () => {
      requestKey(before, rulesWith(tenant), kind);
      expect(told(before)).to.equal(outcome);
    });

  it('keeps a given password, sealed, for the mail that replaces the one before', () => {
    const again = draft(mailPending);
    requestKey(again, rulesWith(), 'passwordMail');
    expect(again.account).to.include({ sealedPassword: 'v1.sealed' });
    const instead = draft(mailPending);
    requestKey(instead, rulesWith(), 'invitation');
    expect(instead.account).not.to.have.any.keys('sealedPassword', 'passwordMail');
  });
});

describe('pendingRequest', () => {
  const rows: readonly (readonly [string, UserDraft, KeyRequest | undefined])[] = [
    ['the mail of a password', draft(mailPending), 'passwordMail'],
    ['an invitation', draft({ invitation: pending('invitation') }), 'invitation'],
    ['a way back in', draft({ invitation: pending('recovery') }, { status: 'active' }), 'recovery'],
    ['a link to a password', draft({ invitation: pending('reveal') }), 'passwordMail'],
    ['nothing, once in', draft({ passwordHash: 'x' }, { status: 'active' }), undefined],
    ['a password that was mailed and never used', draft({ passwordHash: 'x', mailedPassword: true }), 'passwordMail'],
    ['an invitation that ran out', draft({}, { preRegistration: true, status: 'expired' }), 'invitation'],
    ['a mail that failed', draft({}, { sendPassword: true, status: 'failed' }), 'passwordMail'],
    ['an invitation, where there never was a password', draft(), 'invitation'],
    ['nothing, with a password of a client', draft({ passwordHash: 'x' }), undefined],
  ];
  for (const [title, before, kind] of rows)
    it(title, () => {
      expect(pendingRequest(before)).to.equal(kind);
    });
});

describe('cancelPending', () => {
  it('ends what is pending, its readable password too, and calls off what is filed', () => {
    const invited = draft({ invitation: pending('invitation') }, { status: 'invited', invitationExpiresAt: earlier });
    expect(cancelPending(invited, rulesWith())).to.equal(true);
    expect(invited.onboarding).to.deep.equal({ status: 'none' });
    expect(invited.account.invitation).to.equal(undefined);
    expect(invited.account.pastInvitations.map(({ state }) => state)).to.deep.equal(['cancelled']);
    expect(invited.events.map(({ type }) => type)).to.deep.equal(['deliveries.cancelled']);
    const mailed = draft(mailPending, { status: 'queued' });
    cancelPending(mailed, rulesWith());
    expect(mailed.account).not.to.have.any.keys('sealedPassword', 'passwordMail');
  });

  it('says so where there is nothing, and changes nothing', () => {
    const arrived = draft({ passwordHash: 'x' }, { status: 'active' });
    expect(cancelPending(arrived, rulesWith())).to.equal(false);
    expect(arrived).to.deep.equal(draft({ passwordHash: 'x' }, { status: 'active' }));
  });
});
