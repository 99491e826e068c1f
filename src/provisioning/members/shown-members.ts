import type { Representation } from '../../scim/port/resource-handler.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Membership, MembershipChange, ResourceStore, ShownRecord } from '../records/resource-store.ts';

/** A caller that reads only the beginning does not pay for the rest. */
const shownAtOnce = 500;

/** The members of a group, read when they are asked for; as texts too, where the store has them as they are to show. */
export function showMembers(
  store: ResourceStore,
  record: ShownRecord,
  change: MembershipChange | undefined,
): Pick<Representation, 'members' | 'memberTexts'> {
  const members = readMembers(store, record, change);
  const { shown } = store;
  if (shown?.memberTexts === undefined || change !== undefined) return { members };
  return {
    members,
    memberTexts: async function* (frame) {
      for await (const chunk of shown.memberTexts!(record.tenant, record.id, frame))
        yield 'text' in chunk ? chunk : chunk.map(showMember);
    },
  };
}

async function* readMembers(
  store: ResourceStore,
  { tenant, id }: ShownRecord,
  change: MembershipChange | undefined,
): AsyncGenerator<readonly Resource[]> {
  const hidden = new Set([...(change?.remove ?? []), ...(change?.add ?? []).map(({ value }) => value)]);
  if (change?.clear !== true) {
    for await (const chunk of store.members(tenant, id)) {
      yield hidden.size === 0 ? chunk.map(showMember) : chunk.filter(({ value }) => !hidden.has(value)).map(showMember);
    }
  }
  const added = change?.add ?? [];
  for (let start = 0; start < added.length; start += shownAtOnce)
    yield added.slice(start, start + shownAtOnce).map(showMember);
}

function showMember({ value, type, display }: Membership): Resource {
  return display === undefined ? { value, type } : { value, type, display };
}
