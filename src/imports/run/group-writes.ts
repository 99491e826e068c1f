import { isJsonObject } from '../../base/json.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import type { DoneRow, ImportBatch } from '../batch/import-batch.ts';
import { nothingMore, type People } from '../batch/people.ts';
import type { PlanParts } from './plan-batch.ts';

/**
 * Adds the people of a chunk to their groups, each group once, and notes in `rows` which. Groups that are not there are
 * made; the rows have been refused before where the import is not to make groups.
 * @param rows by line; those that were written have an id
 * @returns the ids of groups that were made
 */
export async function addToGroups(
  { handler, groupType }: Pick<PlanParts, 'handler' | 'groupType'>,
  batch: ImportBatch,
  people: People,
  rows: Map<number, DoneRow>,
): Promise<readonly string[]> {
  const made: string[] = [];
  const byGroup = new Map<string, { readonly line: number; readonly id: string }[]>();
  for (const { line, id, intent, wantedGroups = [] } of rows.values()) {
    if (id === undefined || intent === true) continue;
    for (const name of wantedGroups) {
      const members = byGroup.get(name) ?? [];
      members.push({ line, id });
      byGroup.set(name, members);
    }
  }
  for (const [name, members] of byGroup) {
    const found = await people.groupId(name);
    const group = found ?? (await makeGroup({ handler, groupType }, batch, people, name));
    if (found === undefined) made.push(group);
    const value = members.map(({ id }) => ({ value: id }));
    const context = people.context(`group-${group}-${members[0]?.line ?? 0}`);
    await handler.patch(context, groupType, group, [{ op: 'add', path: 'members', value }], {}, nothingMore);
    for (const { line } of members) {
      const done = rows.get(line);
      if (done !== undefined) rows.set(line, { ...done, groups: [...new Set([...(done.groups ?? []), group])] });
    }
  }
  return made;
}

/** Takes a person out of groups that an import has added them to. A group that is gone is left alone. */
export async function takeOutOfGroups(
  { handler, groupType }: Pick<PlanParts, 'handler' | 'groupType'>,
  people: People,
  id: string,
  groups: readonly string[],
): Promise<void> {
  for (const group of groups) {
    const operation: PatchOperation = { op: 'remove', path: 'members', value: [{ value: id }] };
    try {
      await handler.patch(people.context(`undo-${id}`), groupType, group, [operation], {}, nothingMore);
    } catch (cause) {
      if (!(cause instanceof ScimError) || cause.status !== 404) throw cause;
    }
  }
}

/** Removes a group that an import has made, once it is empty. */
export async function removeIfEmpty(
  { handler, groupType }: Pick<PlanParts, 'handler' | 'groupType'>,
  people: People,
  group: string,
): Promise<void> {
  try {
    const context = people.context(`undo-${group}`);
    const { members } = await handler.read(context, groupType, group, { members: true, groups: false });
    for await (const some of members ?? []) if (some.length > 0) return;
    await handler.remove(context, groupType, group, {});
  } catch (cause) {
    if (!(cause instanceof ScimError) || cause.status !== 404) throw cause;
  }
}

async function makeGroup(
  { handler, groupType }: Pick<PlanParts, 'handler' | 'groupType'>,
  batch: ImportBatch,
  people: People,
  name: string,
): Promise<string> {
  const attempt = { key: `import/${batch.id}/group/${name}`, digest: batch.id };
  const body = { schemas: [groupType.schema.id], displayName: name };
  const { resource } = await handler.create(people.context(`group-${name}`), groupType, body, nothingMore, attempt);
  if (!isJsonObject(resource) || typeof resource['id'] !== 'string') throw new Error('a created group has an id');
  return resource['id'];
}
