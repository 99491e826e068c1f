import { expect } from 'chai';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import { mailCheckpoint } from '../../src/composition/core/checkpoint-mails.ts';
import { MemoryNotes } from '../support/memory-notes.ts';

const hourMs = 3_600_000;
const note = 'scim.example/audit/default\n7\nroot=\n\n— scim.example/audit/default signature=\n';

describe('checkpoints of the audit by mail', () => {
  let now = new Date('2026-03-01T00:00:00.000Z');
  let ids = 0;
  const clock = { now: () => now, newId: () => `id-${(ids += 1)}` };
  const bench = () => {
    const notes = new MemoryNotes(() => now);
    return async (auditors: readonly string[], hours = 24, fault?: Error) => {
      const mails: Delivery[] = [];
      const post = async (deliveries: readonly Delivery[]) => {
        if (fault !== undefined) throw fault;
        mails.push(...deliveries);
      };
      await mailCheckpoint(
        { notes, clock, post },
        'default',
        { size: 7, note, at: now.toISOString() },
        { auditors, hours, domain: 'mail.example' },
      );
      return mails;
    };
  };

  it('go to each auditor with the note on one line, which the verifier reads as well', async () => {
    const mails = await bench()(['a@audit.example', 'b@audit.example']);
    expect(mails.map(({ userId }) => userId)).to.deep.equal([
      'administrator:a@audit.example',
      'administrator:b@audit.example',
    ]);
    expect(mails[0]).to.deep.include({
      channel: 'email',
      template: 'administratorNotice',
      data: {
        notice: 'auditCheckpoint',
        size: 7,
        path: '/audit',
        checkpoint: 'scim.example/audit/default 7 root= — scim.example/audit/default signature=',
      },
    });
  });

  it('go out once in so many hours, whoever looks, and to nobody where nobody is named', async () => {
    const send = bench();
    expect(await send([])).to.deep.equal([]);
    expect(await send(['a@audit.example'])).to.have.length(1);
    expect(await send(['a@audit.example'])).to.deep.equal([]);
    now = new Date(now.getTime() + 23 * hourMs);
    expect(await send(['a@audit.example'])).to.deep.equal([]);
    now = new Date(now.getTime() + hourMs);
    expect(await send(['a@audit.example'])).to.have.length(1);
  });

  it('are sent by the next checkpoint where the outbox could not take them, under the same ids', async () => {
    const send = bench();
    const away = new Error('the store is away');
    const refused = await send(['a@audit.example'], 24, away).catch((error: unknown) => error);
    expect(refused).to.equal(away);
    const [mail, ...more] = await send(['a@audit.example']);
    expect(mail?.userId).to.equal('administrator:a@audit.example');
    expect(more).to.deep.equal([]);
    expect(await send(['a@audit.example'])).to.deep.equal([]);
  });
});
