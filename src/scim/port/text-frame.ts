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

/** Some members as the text of a list, without its brackets, and how many they are. */
export interface MemberTexts {
  readonly count: number;
  readonly text: string;
}

/** How the texts of members tell where each is: what stands before its id in `$ref`, as JSON text, by its type. */
export interface MemberFrame {
  readonly User: string;
  readonly Group: string;
}

/** A page of resources as the text of a JSON list, without its brackets. */
export interface PageText {
  readonly count: number;
  readonly text: Buffer;
  /** The groups of those that are in one, by their place on the page. */
  readonly groups: ReadonlyMap<number, readonly Resource[]>;
}
