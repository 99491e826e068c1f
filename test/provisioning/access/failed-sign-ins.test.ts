import { expect } from 'chai';
import { FailedSignIns } from '../../../src/provisioning/access/failed-sign-ins.ts';

const now = new Date('2026-11-21T10:00:00Z');

describe('failed sign-ins by user names that do not exist', () => {
  it('are told apart by the whole of a name, however long it is', () => {
    const failures = FailedSignIns.ofUnknownNames();
    const [one, other] = [`${'a'.repeat(16_000)}1`, `${'a'.repeat(16_000)}2`];
    for (let tries = 0; tries < 5; tries += 1) failures.fail(one, now);
    expect(failures.lockedUntil(one, now)).to.equal('2026-11-21T10:00:01.000Z');
    expect(failures.lockedUntil(other, now)).to.equal(undefined);
  });
});
