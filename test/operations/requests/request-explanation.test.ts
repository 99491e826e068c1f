import { expect } from 'chai';
import { explainRequest } from '../../../src/operations/requests/request-explanation.ts';
import type { RequestLogEntry } from '../../../src/domain/request-log.ts';

function refused(detail: string, scimType = 'invalidValue'): RequestLogEntry {
  const at = '2031-05-06T07:08:09.000Z';
  return { id: 'r1', tenant: 'default', at, method: 'PUT', path: '/Users/1', status: 400, ms: 1, scimType, detail };
}

describe('explainRequest', () => {
  for (const [detail, about] of [
    ['userName is required.', 'userName'],
    ['Operations[0]: userName is required: it must not be empty.', 'userName'],
    ['Operations[1]: "startDateX" names no attribute of User.', 'startDateX'],
    ['userName: another User has this value already; its id is 7.', 'userName'],
    [
      'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User:startDate must be a date and time that exist.',
      'startDate',
    ],
    ['Operations[0]: members[1].value: there is no user or group with id "7".', 'members[1].value'],
  ] as const)
    it(`names the attribute of: ${detail}`, () => {
      expect(explainRequest(refused(detail)).about).to.equal(about);
    });

  for (const detail of ['There is no User with id "7".', 'User has no attribute userNam.', '', '"'.repeat(5_000)])
    it(`names no attribute where the detail begins with none: ${detail.slice(0, 40)}`, () => {
      expect(explainRequest(refused(detail))).to.not.have.property('about');
    });
});
