import type { PatchOperation } from '../patch/patch-op.ts';
import type { RequestNotes } from '../model/request-notes.ts';
import type { Representation } from '../port/resource-handler.ts';
import { ScimError } from '../model/scim-error.ts';

/** What the protocol made of the request, in the words of a dry run. */
export function rulesOf({ rules = [], dropped = [], operations = [], skippedMembers }: RequestNotes): string[] {
  const named = new Set([...rules, ...operations.flatMap((operation) => operation.rules ?? [])]);
  return [
    ...[...named].map((rule) => `dialect: ${rule}`),
    ...dropped.map((name) => `unknownAttributes: '${name}' is dropped`),
    ...(skippedMembers?.ids ?? []).map((id) => `unknownMembers: '${id}' is skipped`),
  ];
}

/** What a write left out, for the request log. */
export function skippedIn({ skippedMembers }: Representation): Pick<RequestNotes, 'skippedMembers'> {
  return skippedMembers === undefined ? {} : { skippedMembers };
}

/** All operations are refused together; where one of them is at fault, the others are told apart from it. */
export function withOperations(cause: unknown, operations: readonly PatchOperation[]): unknown {
  if (!(cause instanceof ScimError)) return cause;
  const isFault = (index: number) => cause.operation === undefined || cause.operation === index;
  cause.notes = {
    operations: operations.map(({ op, path, rules = [] }, index) => ({
      op,
      ...(path === undefined ? {} : { path }),
      outcome: isFault(index) ? 'refused' : 'notApplied',
      rules,
    })),
  };
  return cause;
}
