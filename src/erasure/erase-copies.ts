import { nextTurn } from '../base/cooperative.ts';
import { positionOf, type RequestLogEntry } from '../domain/request-log.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErasureParts, Person } from './erasure-parts.ts';
import { scrubbed } from './scrub.ts';

const pageSize = 200;
const states = ['queued', 'leased', 'sent', 'dead', 'cancelled'] as const satisfies readonly Delivery['state'][];

/** Captured mails that there are at most. */
const mostMails = 1_000;

/** How often, and with which pause in milliseconds, it waits for a worker that is sending something of theirs. */
const workerTries = 240;
const workerPauseMs = 250;

/**
 * Kinds of notes that are an account or a configuration of their own, which are removed as such, and those of work
 * under way.
 */
const ownAccounts: ReadonlySet<string> = new Set([
  'administrator',
  'administratorInvitation',
  'client',
  'credential',
  'tenant',
  'job',
]);

/** Deliveries to the person or about them, and captured mails that name them. @returns how many */
export async function eraseMessages(
  { outbox, mailbox }: Pick<ErasureParts, 'outbox' | 'mailbox'>,
  { tenant, id, traces }: Person,
): Promise<number> {
  const isTheirs = (delivery: Delivery): boolean => {
    if (delivery.userId === id) return true;
    const text = JSON.stringify([delivery.to, delivery.data, delivery.lastReply]);
    return text.includes(id) || traces.isIn(text);
  };
  let removed = 0;
  for (let tries = 0; ; tries += 1) {
    let leased = 0;
    for (const state of states)
      for (let before: string | undefined; ;) {
        const page = await outbox.inState(tenant, state, pageSize, before);
        const theirs = page.filter(isTheirs);
        if (state === 'leased') leased += theirs.length;
        else if (theirs.length > 0)
          removed += await outbox.remove(
            tenant,
            theirs.map((delivery) => delivery.id),
          );
        if (page.length < pageSize) break;
        before = page.at(-1)?.id;
        await nextTurn();
      }
    if (leased === 0) break;
    if (tries >= workerTries) throw new Error('a worker does not let go of a message to the person');
    await sleep(workerPauseMs);
  }
  const mails = (await mailbox.list(tenant, mostMails)).filter(({ to, subject, text, html }) =>
    [to, subject, text, html].some((part) => traces.isIn(part)),
  );
  if (mails.length > 0)
    await mailbox.remove(
      tenant,
      mails.map((mail) => mail.id),
    );
  return removed + mails.length;
}

/** Calls of the request log that name the person. @returns how many */
export async function eraseCalls(
  { requests }: Pick<ErasureParts, 'requests'>,
  { tenant, id, traces }: Person,
): Promise<number> {
  const isTheirs = ({ path, query = '', ...rest }: RequestLogEntry): boolean => {
    const text = JSON.stringify(rest);
    return path.includes(id) || traces.isInUrl(path) || traces.isInUrl(query) || text.includes(id) || traces.isIn(text);
  };
  let removed = 0;
  for (let after: string | undefined; ;) {
    const { entries, next } = await requests.list({
      tenant,
      count: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    const positions = entries.filter(isTheirs).map(positionOf);
    if (positions.length > 0) await requests.remove(tenant, positions);
    removed += positions.length;
    if (next === undefined) return removed;
    after = next;
    await nextTurn();
  }
}

/** Rows of files of people, saved lists and whatever else is kept in notes. @returns how many notes were changed */
export async function eraseNotes(
  { notes }: Pick<ErasureParts, 'notes'>,
  { tenant, id, traces }: Person,
): Promise<number> {
  let changed = 0;
  for (let after: { kind: string; key: string } | undefined; ;) {
    const page = await notes.walk(tenant, after, pageSize);
    for (const note of page) {
      after = { kind: note.kind, key: note.key };
      if (ownAccounts.has(note.kind)) continue;
      const value = scrubbed(note.value, id, traces);
      if (value === note.value) continue;
      const { version, ...draft } = note;
      // One that was changed meanwhile is looked at once more.
      const written = await notes.put({ ...draft, value }, version);
      if (written.outcome === 'conflict') {
        const now = await notes.find(tenant, note.kind, note.key);
        if (now !== undefined) await notes.put({ ...now, value: scrubbed(now.value, id, traces) }, now.version);
      }
      changed += 1;
    }
    if (page.length < pageSize) return changed;
    await nextTurn();
  }
}

/** Answers to batches that are kept for repetitions and name the person. @returns how many */
export async function eraseAnswers(
  { store }: Pick<ErasureParts, 'store'>,
  { tenant, id, traces }: Person,
): Promise<number> {
  const type = 'KeptAnswer';
  let removed = 0;
  for (let offset = 0; ;) {
    const { records } = await store.query({
      tenant,
      type,
      condition: undefined,
      sort: undefined,
      limit: pageSize,
      page: { offset },
    });
    let gone = 0;
    for (const record of records) {
      const text = JSON.stringify(record.resource);
      if (!text.includes(id) && !traces.isIn(text)) continue;
      const { version, id: key } = record;
      await store.commit({ kind: 'remove', tenant, type, id: key, expectedVersion: version, events: [] });
      gone += 1;
    }
    removed += gone;
    if (records.length < pageSize) return removed;
    offset += records.length - gone;
    await nextTurn();
  }
}
