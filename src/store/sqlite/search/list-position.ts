import { isJsonObject } from '../../../base/json.ts';
import { digestOfLong } from '../../value-digest.ts';

/**
 * The position of a walk through a list: after this record, which had this sort value (null: none; undefined: natural
 * order).
 */
export interface ListPosition {
  readonly position: number;
  readonly value?: string | number | null;
  /** In the value's place where that is a long text: `RecordLists.locate` finds it again. */
  readonly digest?: string;
}

/** The text that callers hand back as `after`. */
export function formatPosition({ position, value }: ListPosition): string {
  const digest = digestOfLong(value);
  if (digest !== undefined) return JSON.stringify({ position, digest });
  return JSON.stringify(value === undefined ? { position } : { position, value });
}

/**
 * Reads what `formatPosition` wrote.
 * @throws RangeError on any other text: cursors are sealed before they leave the process, so it is a mistake of ours
 */
export function parsePosition(text: string): ListPosition {
  const parsed: unknown = JSON.parse(text);
  if (isJsonObject(parsed as Parameters<typeof isJsonObject>[0])) {
    const { position, value, digest } = parsed as { position?: unknown; value?: unknown; digest?: unknown };
    const sortable = value === undefined || value === null || typeof value === 'string' || typeof value === 'number';
    if (typeof position === 'number' && typeof digest === 'string') return { position, digest };
    if (typeof position === 'number' && sortable) return value === undefined ? { position } : { position, value };
  }
  throw new RangeError('not a list position of this store');
}
