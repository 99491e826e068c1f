import { expect } from 'chai';
import { SecurityLog } from '../../src/administrators/security-log.ts';
import { onBehalfOf } from '../../src/domain/present-call.ts';
import { ManualTime } from '../support/manual-time.ts';
import { MemoryNotes } from '../support/memory-notes.ts';

describe('the security log', () => {
  it('says from which address a change came, be it named or that of the call', async () => {
    const time = new ManualTime();
    const log = new SecurityLog(new MemoryNotes(() => time.now()), time);
    await log.add('default', { type: 'removed' });
    time.jump(1);
    await onBehalfOf({ address: '203.0.113.9' }, () => log.add('default', { type: 'firstOwner', name: 'Ines' }));
    time.jump(1);
    await onBehalfOf({ address: '203.0.113.9' }, () =>
      log.add('default', { type: 'signedIn', address: '198.51.100.7' }),
    );
    const { events } = await log.list('default', 10);
    expect(events.map(({ type, address }) => [type, address])).to.deep.equal([
      ['signedIn', '198.51.100.7'],
      ['firstOwner', '203.0.113.9'],
      ['removed', undefined],
    ]);
  });
});
