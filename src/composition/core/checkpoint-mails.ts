import { noticeDelivery } from '../../administrators/administrator-addressee.ts';
import type { Clock } from '../../base/clock.ts';
import type { Notes } from '../../domain/notes.ts';
import type { IssuedCheckpoint } from '../../history/checkpointer.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';

const kind = 'auditCheckpoint';
const key = 'mailed';
const hourMs = 3_600_000;

/** Who gets checkpoints by mail. */
export interface CheckpointMails {
  readonly auditors: readonly string[];
  /** Hours between two mails at least. */
  readonly hours: number;
  /** The part after the `@` of each Message-ID. */
  readonly domain: string;
}

/**
 * The mails that take a checkpoint to auditors, where it is time for one: of several processes one sends it. The note
 * is public, and proves nothing to whom it does not concern.
 */
export async function mailsOfCheckpoint(
  { notes, clock }: { readonly notes: Pick<Notes, 'find' | 'put'>; readonly clock: Clock },
  tenant: string,
  { size, note, at }: IssuedCheckpoint,
  { auditors, hours, domain }: CheckpointMails,
): Promise<Delivery[]> {
  if (auditors.length === 0) return [];
  const last = await notes.find(tenant, kind, key);
  const before = typeof last?.value['at'] === 'string' ? Date.parse(last.value['at']) : -Infinity;
  if (clock.now().getTime() - before < hours * hourMs) return [];
  const { outcome } = await notes.put({ tenant, kind, key, value: { at, size } }, last?.version ?? 0);
  if (outcome !== 'done') return [];
  const told = { size, checkpoint: note.trim().split(/\s+/).join(' '), path: '/audit' };
  return auditors.map((address) => noticeDelivery(clock, tenant, address, 'auditCheckpoint', domain, told));
}
