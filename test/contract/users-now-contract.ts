import { expect } from 'chai';
import { loadSettings } from '../../src/config/load-settings.ts';
import { conditionNow } from '../../src/provisioning/now/condition-now.ts';
import { latchkeyUrn } from '../../src/provisioning/user/latchkey-extension.ts';
import { bindFilter } from '../../src/scim/filter/bind-filter.ts';
import { parseFilter } from '../../src/scim/filter/filter-parser.ts';
import { matchCondition } from '../../src/scim/search/filter-match.ts';
import { searchKey, type SearchDocument } from '../../src/scim/search/search-document.ts';
import type { Store } from '../../src/store/store.ts';
import { userType } from '../support/resource-types.ts';
import { newUser, searchOf, TENANT } from './fixtures.ts';

const at = (hour: number): string => `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000000000Z`;

/** Users as they were stored, by name: what the search document holds in the extension. */
const stored: Readonly<Record<string, SearchDocument>> = {
  plain: { status: 'none', locked: false },
  invited: {
    status: 'invited',
    invitationexpiresat: at(12),
    locked: true,
    lockedreason: 'pendingpassword',
    lockedlasting: 'pendingpassword',
  },
  neverending: { status: 'invited', locked: true, lockedreason: 'pendingpassword', lockedlasting: 'pendingpassword' },
  revealed: { status: 'delivered', invitationexpiresat: at(13), locked: false },
  active: { status: 'active', locked: false },
  guessed: { status: 'active', locked: true, lockedreason: 'failedattempts', lockeduntil: at(12) },
  guessedtoo: {
    status: 'invited',
    locked: true,
    lockedreason: 'failedattempts',
    lockeduntil: at(13),
    lockedlasting: 'pendingpassword',
  },
  later: {
    status: 'held',
    startdate: at(12),
    locked: true,
    lockedreason: 'notstarted',
    lockedlasting: 'pendingpassword',
  },
  laterfree: { status: 'none', startdate: at(13), locked: true, lockedreason: 'notstarted' },
  earlierrelease: { status: 'active', locked: true, lockedreason: 'failedattempts' },
};

/** What is true of them, before noon, at noon and after: `status locked lockedReason`. */
const truth: Readonly<Record<string, readonly [string, string, string]>> = {
  plain: ['none -', 'none -', 'none -'],
  invited: ['invited pendingPassword', 'expired pendingPassword', 'expired pendingPassword'],
  neverending: ['invited pendingPassword', 'invited pendingPassword', 'invited pendingPassword'],
  revealed: ['delivered -', 'delivered -', 'expired -'],
  active: ['active -', 'active -', 'active -'],
  guessed: ['active failedAttempts', 'active -', 'active -'],
  guessedtoo: ['invited failedAttempts', 'invited failedAttempts', 'invited pendingPassword'],
  later: ['held notStarted', 'held pendingPassword', 'held pendingPassword'],
  laterfree: ['none notStarted', 'none notStarted', 'none -'],
  earlierrelease: ['active failedAttempts', 'active failedAttempts', 'active failedAttempts'],
};

const filters = [
  ...['none', 'held', 'invited', 'delivered', 'expired', 'active'].flatMap((status) => [
    `status eq "${status}"`,
    `status ne "${status}"`,
    `not (status eq "${status}")`,
  ]),
  'status sw "e"',
  'status gt "e"',
  'status pr',
  'locked eq true',
  'locked eq false',
  'locked ne true',
  'not (locked eq true)',
  'locked pr',
  ...['pendingPassword', 'failedAttempts', 'notStarted'].flatMap((reason) => [
    `lockedReason eq "${reason}"`,
    `lockedReason ne "${reason}"`,
  ]),
  'lockedReason pr',
  'not (lockedReason pr)',
  'lockedReason co "ed"',
  'status eq "expired" or locked eq false and status eq "active"',
  'status eq "invited" and lockedReason eq "pendingPassword"',
];

/** Filters on what time decides. */
export function usersNowContract(store: () => Store): void {
  describe('filters on what time decides', () => {
    for (const [moment, hour] of [
      ['before', 11],
      ['at', 12],
      ['after', 13],
    ] as const) {
      it(`tell users as they are ${moment} the hour, whatever is written down`, async () => {
        const { resources } = store();
        for (const [name, extension] of Object.entries(stored))
          await resources.commit(
            newUser(name, { search: searchOf('user', name, { username: name, [searchKey(latchkeyUrn)]: extension }) }),
          );
        const rules = { settings: loadSettings(undefined), now: new Date(at(hour)) };
        for (const short of filters) {
          const filter = short.replace(/\b(status|locked|lockedReason) /g, `${latchkeyUrn}:$1 `);
          const bound = bindFilter(userType, parseFilter(filter));
          const { records } = await resources.query({
            tenant: TENANT,
            type: 'User',
            condition: conditionNow(bound, userType, rules),
            sort: undefined,
            limit: 100,
            page: { offset: 0 },
          });
          const expected = Object.entries(truth)
            .filter(([, moments]) => matchCondition(bound, documentOf(moments[hour - 11]!)))
            .map(([name]) => name);
          expect(records.map(({ id }) => id).sort(), short).to.deep.equal(expected.sort());
        }
      });
    }
  });
}

function documentOf(said: string): SearchDocument {
  const [status = '', reason = ''] = said.toLowerCase().split(' ');
  return {
    [searchKey(latchkeyUrn)]: { status, locked: reason !== '-', ...(reason === '-' ? {} : { lockedreason: reason }) },
  };
}
