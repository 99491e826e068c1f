import { expect } from 'chai';
import type { DeliveryNote, Onboarding } from '../../../src/provisioning/user/latchkey-extension.ts';
import { noteMessage, noteUse, sentMessage } from '../../../src/provisioning/user/timeline.ts';

const minute = (n: number): string => `2031-05-06T07:${String(n).padStart(2, '0')}:00.000Z`;
const message = (id: string, changes: Partial<DeliveryNote> = {}): DeliveryNote => ({
  id,
  channel: 'email',
  template: 'invitation',
  state: 'queued',
  attempts: 0,
  at: minute(0),
  ...changes,
});

describe('the timeline', () => {
  let onboarding: Onboarding;
  beforeEach(() => {
    onboarding = {};
  });
  const states = (): string[] =>
    (onboarding.deliveries ?? []).map(({ id, state, verdict }) =>
      [id, state, ...(verdict === undefined ? [] : [verdict])].join(' '),
    );

  it('has one line for a message that nothing was said of on its way', () => {
    noteMessage(onboarding, message('m', { queuedAt: minute(0) }));
    noteMessage(onboarding, message('m', { state: 'leased', leasedAt: minute(1), at: minute(1) }));
    noteMessage(onboarding, message('m', { state: 'sent', attempts: 1, at: minute(2), reply: '250 OK' }));
    expect(onboarding.deliveries).to.deep.equal([
      message('m', {
        state: 'sent',
        attempts: 1,
        at: minute(2),
        reply: '250 OK',
        queuedAt: minute(0),
        leasedAt: minute(1),
      }),
    ]);
  });

  it("keeps what was said on the way: why it waited, every server's answer, folded where it came again", () => {
    noteMessage(onboarding, message('m', { state: 'held', reply: 'quiet hours' }));
    for (const attempt of [1, 2, 3]) {
      noteMessage(onboarding, message('m', { state: 'leased', at: minute(attempt) }));
      noteMessage(
        onboarding,
        message('m', { state: 'queued', attempts: attempt, at: minute(attempt), reply: `421 busy ${attempt}` }),
      );
    }
    noteMessage(onboarding, message('m', { state: 'sent', attempts: 4, at: minute(5), reply: '250 OK' }));
    noteMessage(onboarding, message('m', { state: 'bounced', attempts: 4, at: minute(9), reply: '550 5.1.1' }));
    expect(onboarding.deliveries).to.deep.equal([
      message('m', { state: 'bounced', attempts: 4, at: minute(9), reply: '550 5.1.1' }),
      message('m.sent', { state: 'sent', attempts: 4, at: minute(5), reply: '250 OK' }),
      message('m.queued', {
        state: 'queued',
        attempts: 3,
        at: minute(1),
        lastAt: minute(3),
        count: 3,
        reply: '421 busy 3',
      }),
      message('m.held', { state: 'held', reply: 'quiet hours' }),
    ]);
  });

  it('puts what was done with a message below it, one line of each kind', () => {
    noteMessage(onboarding, message('older', { state: 'sent' }));
    noteMessage(onboarding, message('m', { state: 'sent' }));
    for (let time = 0; time < 3; time += 1)
      expect(
        noteUse(onboarding, 'm', { state: 'opened', verdict: 'scanner', at: minute(time), reply: `reason ${time}` }),
      ).to.equal(true);
    noteUse(onboarding, 'm', { state: 'opened', verdict: 'person', at: minute(4) });
    noteUse(onboarding, 'm', { state: 'opened', verdict: 'scanner', at: minute(5), lastAt: minute(8), count: 9_997 });
    noteUse(onboarding, 'older', { state: 'passwordSet', at: minute(9) });
    expect(states()).to.deep.equal([
      'm sent',
      'm.opened.person opened person',
      'm.opened.scanner opened scanner',
      'older sent',
      'older.passwordSet passwordSet',
    ]);
    expect(onboarding.deliveries?.[2]).to.include({
      at: minute(0),
      lastAt: minute(8),
      count: 10_000,
      channel: 'email',
      template: 'invitation',
    });
    expect(onboarding.deliveries?.[4])
      .to.include({ at: minute(9) })
      .and.not.to.have.any.keys('count', 'lastAt', 'verdict');
  });

  it('knows nothing of what is done with a message that it has forgotten', () => {
    expect(noteUse(onboarding, 'm', { state: 'opened', verdict: 'person', at: minute(0) })).to.equal(false);
    expect(onboarding).to.deep.equal({});
  });

  it('forgets the oldest messages with all their lines: 20 messages, 100 lines', () => {
    for (let index = 0; index < 30; index += 1) {
      noteMessage(onboarding, message(`m${index}`));
      for (const verdict of ['person', 'scanner'] as const)
        noteUse(onboarding, `m${index}`, { state: 'opened', verdict, at: minute(1) });
    }
    expect(states().filter((line) => line.endsWith('queued'))).to.deep.equal(
      Array.from({ length: 20 }, (_, index) => `m${29 - index} queued`),
    );
    expect(states()).to.have.lengthOf(60);
    for (let index = 10; index < 30; index += 1) {
      for (const state of ['held', 'dead', 'sent', 'bounced'] as const)
        noteMessage(onboarding, message(`m${index}`, { state, reply: state }));
    }
    expect(states()).to.have.lengthOf(100);
    expect(states()[0]).to.equal('m29 bounced');
  });

  it('knows the newest message of a template that was sent', () => {
    noteMessage(onboarding, message('old', { template: 'password', state: 'sent' }));
    noteMessage(onboarding, message('new', { template: 'password', state: 'sent' }));
    noteMessage(onboarding, message('dead', { template: 'password', state: 'dead' }));
    expect([sentMessage(onboarding, 'password'), sentMessage(onboarding, 'recovery')]).to.deep.equal([
      'new',
      undefined,
    ]);
  });
});
