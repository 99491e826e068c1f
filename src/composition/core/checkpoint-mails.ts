import { noticeDelivery } from '../../administrators/administrator-addressee.ts';
import type { Clock } from '../../base/clock.ts';
import { noteKind, type Notes } from '../../domain/notes.ts';
import type { IssuedCheckpoint } from '../../history/checkpointer.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';

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

/** What mailing works with. */
export interface CheckpointMailsParts {
  readonly notes: Pick<Notes, 'find' | 'put'>;
  readonly clock: Clock;
  /** Puts messages into the outbox, each once however often it is given, and wakes the worker. */
  readonly post: (deliveries: readonly Delivery[]) => Promise<void>;
}

/** The last checkpoint that was mailed; `waiting` are its mails until they are known to be in the outbox. */
type Mailed = { readonly at: string; readonly size: number; readonly waiting?: readonly Delivery[] };

const kind = noteKind<Mailed>('auditCheckpoint');

/**
 * Mails a checkpoint to auditors, where it is time for one: of several processes one sends it, and what a process that
 * died has left behind is sent by the next one. The note is public, and proves nothing to whom it does not concern.
 */
export async function mailCheckpoint(
  { notes, clock, post }: CheckpointMailsParts,
  tenant: string,
  { size, note, at }: IssuedCheckpoint,
  { auditors, hours, domain }: CheckpointMails,
): Promise<void> {
  const last = await notes.find(tenant, kind, key);
  let version = last?.version ?? 0;
  /** Whether it was this process that wrote it. */
  const write = async (value: Mailed): Promise<boolean> => {
    const written = await notes.put({ tenant, kind, key, value }, version);
    if (written.outcome === 'done') version = written.version;
    return written.outcome === 'done';
  };
  if (last?.value.waiting !== undefined) {
    await post(last.value.waiting);
    if (!(await write({ at: last.value.at, size: last.value.size }))) return;
  }
  if (auditors.length === 0) return;
  const before = last === undefined ? -Infinity : Date.parse(last.value.at);
  if (clock.now().getTime() - before < hours * hourMs) return;
  const told = { size, checkpoint: note.trim().split(/\s+/).join(' '), path: '/audit' };
  const waiting = auditors.map((address) => noticeDelivery(clock, tenant, address, 'auditCheckpoint', domain, told));
  if (!(await write({ at, size, waiting }))) return;
  await post(waiting);
  await write({ at, size });
}
