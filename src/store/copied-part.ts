import type { JsonObject } from '../base/json.ts';

/** What a store holds, in the order in which it is copied. */
export const copiedParts = [
  'notes',
  'records',
  'memberships',
  'deliveries',
  'requests',
  'audit',
  'chains',
  'tallies',
  'mails',
] as const;

/** A part of what a store holds. */
export type CopiedPart = (typeof copiedParts)[number];

/**
 * A store as it is read for a copy. Each item is the same object whichever store it is read from, so that two stores
 * can be held against each other.
 */
export interface CopySource {
  /** Why it cannot be copied as it is; undefined where it can. */
  whyNot(): string | undefined;
  read(part: CopiedPart): AsyncIterable<readonly JsonObject[]>;
  close(): Promise<void>;
}

/** A store that a copy is written to. */
export interface CopyTarget extends Omit<CopySource, 'whyNot'> {
  /** Writes items; those that are there already stay as they are. @throws Error where another item has one's key */
  write(part: CopiedPart, items: readonly JsonObject[]): Promise<void>;
}
