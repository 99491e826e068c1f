import type { Resource } from '../model/resource.ts';

/** A piece of a frame: text as it is, or what differs from one resource to the next. */
export type FramePart = string | { readonly of: 'id' | 'created' | 'lastModified' | 'version' };

/**
 * How the JSON text of a resource begins, for one type and one base URL: with `id` and `meta`, in place of the opening
 * brace of its public text. A store that keeps public texts writes whole pages with it.
 */
export type TextFrame = readonly FramePart[];

/** Where the groups of a resource go in its text: white space to who reads it, and the only line break in it. */
export const groupsPlace = '\n';

/** A page of resources as the text of a JSON list, without its brackets. */
export interface PageText {
  readonly count: number;
  readonly text: Buffer;
  /** The groups of those that are in one, by their place on the page. */
  readonly groups: ReadonlyMap<number, readonly Resource[]>;
}
