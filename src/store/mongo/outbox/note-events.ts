import type { DomainEvent } from '../../../domain/events.ts';
import { insertMissing } from '../commands/batch-write.ts';
import type { Collections } from '../database/collections.ts';
import type { Stamps } from '../database/stamps.ts';
import { unsealedDocument } from './unsealed-document.ts';

/** Notes whose events are moved at once. */
const most = 100;

/**
 * Moves the events that were written with notes to those that wait to be sealed, and removes notes that are gone. Every
 * step may be repeated, whatever point a crash leaves it at.
 * @param _id of one note; else of any that has some
 */
export async function moveNoteEvents(collections: Collections, stamps: Stamps, _id?: string): Promise<void> {
  const { notes, unsealed } = collections;
  const waiting = await notes.find({ waits: true, ...(_id === undefined ? {} : { _id }) }, { limit: most });
  for (const note of waiting) {
    const texts = note.audit ?? [];
    await insertMissing(
      unsealed,
      texts.map((text) => unsealedDocument(JSON.parse(text) as DomainEvent, stamps)),
    );
    const { _id: key, write, gone } = note;
    // Only as it was read: a later write has events of its own.
    if (gone === true) await notes.deleteOne({ _id: key, write });
    else await notes.updateOne({ _id: key, write }, { $unset: { audit: '', waits: '' } });
  }
}
