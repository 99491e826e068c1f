import { expect } from 'chai';
import { mailsOfCheckpoint } from '../../src/composition/core/checkpoint-mails.ts';
import { MemoryNotes } from '../support/memory-notes.ts';

const hourMs = 3_600_000;
const note = 'scim.example/audit/default\n7\nroot=\n\n— scim.example/audit/default signature=\n';

describe('checkpoints of the audit by mail', () => {
  let now = new Date('2026-03-01T00:00:00.000Z');
  let ids = 0;
  const clock = { now: () => now, newId: () => `id-${(ids += 1)}` };
  const bench = () => {
    const notes = new MemoryNotes(() => now);
    return (auditors: readonly string[], hours = 24) =>
      mailsOfCheckpoint(
        { notes, clock },
        'default',
        { size: 7, note, at: now.toISOString() },
        { auditors, hours, domain: 'mail.example' },
      );
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
});
