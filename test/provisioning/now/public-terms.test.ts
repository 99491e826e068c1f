import { expect } from 'chai';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { createHoldsNow, publicPartOf } from '../../../src/provisioning/now/public-terms.ts';
import { userNow } from '../../../src/provisioning/now/user-now.ts';
import { emptyAccount, type Account } from '../../../src/provisioning/records/account.ts';
import type { StoredRecord } from '../../../src/provisioning/records/resource-store.ts';
import { latchkeyUrn, type Onboarding } from '../../../src/provisioning/user/latchkey-extension.ts';
import { badgedUserType, groupType, userType, userUrn } from '../../support/resource-types.ts';

const noon = Date.parse('2031-05-06T12:00:00.000Z');
const hour = 3_600_000;
const at = (hours: number): string => new Date(noon + hours * hour).toISOString();

function user(onboarding: Onboarding | undefined, account: Partial<Account> = {}): StoredRecord {
  return {
    tenant: 'harbour',
    type: 'User',
    id: 'u1',
    version: 1,
    created: at(-1),
    lastModified: at(-1),
    resource: {
      schemas: [userUrn],
      userName: 'ines',
      emails: [{ value: 'ines@entra.example' }],
      ...(onboarding === undefined ? {} : { [latchkeyUrn]: onboarding }),
    },
    account: { ...emptyAccount, ...account },
  };
}

const users: Readonly<Record<string, StoredRecord>> = {
  'without onboarding': user(undefined),
  plain: user({ status: 'none', locked: false }),
  active: user({ status: 'active', locked: false }, { verifiedEmail: 'ines@entra.example' }),
  'to prove an address': user({ status: 'active', verifyEmail: true, locked: true, lockedReason: 'emailNotVerified' }),
  'not to prove one': user({ status: 'active', verifyEmail: false, locked: false }),
  invited: user({
    status: 'invited',
    preRegistration: true,
    invitationExpiresAt: at(3),
    locked: true,
    lockedReason: 'pendingPassword',
  }),
  delivered: user({ status: 'delivered', invitationExpiresAt: at(30), locked: false }),
  'that starts tomorrow': user({ status: 'none', startDate: at(30), locked: true, lockedReason: 'notStarted' }),
  'that has started': user({ status: 'none', startDate: at(-30), locked: false }),
  'locked by failures': user(
    { status: 'active', locked: true, lockedReason: 'failedAttempts' },
    { failedSignIns: 10, failedAt: at(0), lockedUntil: at(0.25) },
  ),
  'whose lock has ended': user(
    { status: 'active', locked: true, lockedReason: 'failedAttempts' },
    { failedSignIns: 10, failedAt: at(-2), lockedUntil: at(-1) },
  ),
  'with a malformed end': user({ status: 'invited', invitationExpiresAt: 'soon', locked: false }),
};

const base = loadSettings(undefined);
const settingsAs = (onboarding: Partial<Settings['onboarding']>): Settings => ({
  ...base,
  onboarding: { ...base.onboarding, ...onboarding },
});
const allSettings = [true, false].flatMap((lockUntilPasswordSet) =>
  [true, false].flatMap((verifyEmail) =>
    [0, 1, 2].map((leadDays) => settingsAs({ lockUntilPasswordSet, verifyEmail, leadDays })),
  ),
);
const hours = [0, 0.2, 0.25, 1, 2.999, 3, 5, 6, 7, 29, 30, 31, 100];

describe('the terms of a public text', () => {
  for (const [who, record] of Object.entries(users)) {
    it(`never let a user ${who} be shown otherwise than they are, whatever the moment and the settings`, () => {
      const holdsNow = createHoldsNow();
      for (const settings of allSettings) {
        const part = publicPartOf(userType, record, { settings, now: new Date(noon) });
        if (part === undefined) continue;
        for (const later of allSettings)
          for (const passed of hours) {
            const moment = { settings: later, now: new Date(noon + passed * hour) };
            if (holdsNow(userType, part, moment)) expect(userNow(record, moment), `${passed} hours`).to.equal(record);
          }
      }
    });
  }

  const holds = (record: StoredRecord, passed: number, settings = base): boolean | undefined => {
    const part = publicPartOf(userType, record, { settings: base, now: new Date(noon) });
    return part && createHoldsNow()(userType, part, { settings, now: new Date(noon + passed * hour) });
  };

  it('hold for ever for whom time changes nothing, and until the end for others', () => {
    expect(holds(users['plain']!, 1e6)).to.equal(true);
    expect(holds(users['that has started']!, 1e6)).to.equal(true);
    expect([2.9, 3].map((passed) => holds(users['invited']!, passed))).to.eql([true, false]);
    expect([29.9, 30].map((passed) => holds(users['that starts tomorrow']!, passed))).to.eql([true, false]);
    expect([0.2, 0.25].map((passed) => holds(users['locked by failures']!, passed))).to.eql([true, false]);
  });

  it('are not there for a user who shows otherwise than stored', () => {
    expect(holds(users['whose lock has ended']!, 0)).to.equal(undefined);
  });

  it('outlive a change of settings that does not concern the user', () => {
    expect(holds(users['plain']!, 1, settingsAs({ leadDays: 5, lockUntilPasswordSet: false }))).to.equal(true);
    expect(holds(users['plain']!, 1, settingsAs({ verifyEmail: true }))).to.equal(false);
    expect(holds(users['not to prove one']!, 1, settingsAs({ verifyEmail: true }))).to.equal(true);
    expect(holds(users['that starts tomorrow']!, 1, settingsAs({ leadDays: 5 }))).to.equal(false);
  });

  it('end with the schemas they were made under, and do not pass from type to type', () => {
    const moment = { settings: base, now: new Date(noon) };
    const part = publicPartOf(userType, users['plain']!, moment)!;
    expect(createHoldsNow()(badgedUserType, part, moment)).to.equal(false);
    expect(createHoldsNow()(groupType, part, moment)).to.equal(false);
  });
});
