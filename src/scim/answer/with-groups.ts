import { groupsPlace } from '../port/text-frame.ts';

/**
 * Puts groups into the texts of resources: their line breaks are where they go.
 * @param text resources in their frames, one after the other
 * @param groupsAt the text of the groups of the resource at a place, with its name; '' where it is in none
 * @returns the parts of the whole
 */
export function withGroups(text: Buffer, groupsAt: (place: number) => string): Buffer[] {
  const made = new Map<string, Buffer>();
  const parts: Buffer[] = [];
  let begin = 0;
  let end = text.indexOf(groupsPlace);
  for (let place = 0; end !== -1; place += 1) {
    const groups = groupsAt(place);
    if (groups !== '') {
      const bytes = made.get(groups) ?? Buffer.from(groups);
      made.set(groups, bytes);
      parts.push(text.subarray(begin, end), bytes);
      begin = end;
    }
    end = text.indexOf(groupsPlace, end + 1);
  }
  parts.push(text.subarray(begin));
  return parts;
}
