import { InvalidPathError, InvalidSyntaxError } from '../model/scim-error.ts';
import type { PatchOperation } from './patch-op.ts';

/** `members[value eq "…"]`, with or without the URN in front. */
const oneMember = /(?:^|:)members\s*\[/i;

/**
 * Holds a PATCH to the SCIM 2.0 Interoperability Profile ("Updating Resources"): each operation names its path, and a
 * filter in a path leads to a sub-attribute. One member of a group may be removed by its filter, as the IPSIE AL1
 * profile wants it ("Add or Remove Group Members"): there the two drafts contradict each other.
 * @throws InvalidSyntaxError without a path; InvalidPathError for an element as a whole
 */
export function expectInterop(operations: readonly PatchOperation[]): void {
  for (const [index, { op, path }] of operations.entries()) {
    if (path === undefined)
      throw new InvalidSyntaxError(
        'an operation without "path" is refused for clients of the profile ipsie: name the attribute in "path".',
      ).at(index);
    if (path.trimEnd().endsWith(']') && !(op === 'remove' && oneMember.test(path)))
      throw new InvalidPathError(
        'a filter in "path" must lead to a sub-attribute for clients of the profile ipsie, such as '
          + 'emails[type eq "work"].value.',
      ).at(index);
  }
}
