import type { StoredText } from '../../../provisioning/records/public-text.ts';
import type { TextFrame } from '../../../scim/port/text-frame.ts';
import type { RecordDocument, ShownDocument } from '../database/documents.ts';

/** What is read of a record whose text is shown. */
export type TextRow = Pick<RecordDocument, '_id' | 'version' | 'created' | 'lastModified' | 'position'>
  & Partial<Pick<ShownDocument, 'text' | 'under' | 'until'>>;

/** The fields of a `TextRow`: no text where it belongs to another version of the record. */
export const textFields = {
  version: 1,
  created: 1,
  lastModified: 1,
  position: 1,
  text: { $cond: [{ $eq: ['$shown.version', '$version'] }, '$shown.text', '$$REMOVE'] },
  under: '$shown.under',
  until: '$shown.until',
} as const;

/** An id that is the same in a JSON text and in a URL. */
const plainId = /^[\w.-]+$/;

/**
 * The public texts of a page in their frames. Which of its records are in a group is not known here: each may be.
 * @returns undefined where one of them has no public text
 */
export function textOf(rows: readonly TextRow[], tenant: string, frame: TextFrame): StoredText | undefined {
  const under = new Set<string>();
  const inGroups = new Map<number, string>();
  let until: string | null = null;
  let page = '';
  for (const [place, row] of rows.entries()) {
    const { text, under: terms, until: end = null, created, lastModified, version } = row;
    const id = row._id.slice(tenant.length + 1);
    if (text === undefined || terms === undefined || !plainId.test(id)) return undefined;
    under.add(terms);
    if (end !== null && (until === null || end < until)) until = end;
    inGroups.set(place, id);
    const values = { id, created, lastModified, version };
    if (place > 0) page += ',';
    for (const part of frame) page += typeof part === 'string' ? part : values[part.of];
    page += text.slice(1);
  }
  return { count: rows.length, text: Buffer.from(page), under: [...under], until, inGroups };
}
