import type { Membership } from '../../../provisioning/records/resource-store.ts';
import type { Filter } from '../commands/read-options.ts';
import type { Collections } from '../database/collections.ts';
import type { MembershipDocument } from '../database/documents.ts';
import { recordKey } from '../database/record-document.ts';
import { waitingFor } from './membership-mover.ts';
import type { MembershipMover } from './membership-mover.ts';
import { membershipKey } from './membership-writes.ts';
import { identityOf } from './moving-record.ts';
import { outcomeOf, partFields, pathsOf, pendingFields } from './pending-members.ts';
import type { PendingPart, PendingRecord } from './pending-members.ts';

/** How many members one chunk holds. */
const chunk = 1_000;

const memberFields = { member: 1, type: 1, display: 1 } as const;

type Member = Pick<MembershipDocument, 'member' | 'type' | 'display'>;

/** A row is of one of these kinds. */
interface Row {
  readonly pending?: PendingRecord;
  readonly part?: PendingPart;
  readonly member?: Member;
}

/** Reads the members of a group. */
export class GroupMembers {
  readonly #collections: Collections;
  readonly #mover: MembershipMover;

  constructor(collections: Collections, mover: MembershipMover) {
    this.#collections = collections;
    this.#mover = mover;
  }

  /**
   * Those that are among `values`, at most 1,000: one command. Changes that are decided and not yet carried out are
   * reckoned in.
   */
  async among(tenant: string, group: string, values: readonly string[]): Promise<readonly Membership[]> {
    const _id = { $in: values.map((value) => membershipKey(tenant, group, value)) };
    const rows = await this.#collections.records.aggregate<Row>([
      { $match: waitingFor(tenant, group) },
      { $project: { _id: 0, pending: { _id: '$_id', ...pathsOf(pendingFields) } } },
      unionWith('memberchanges', [{ $match: { tenant, group, names: { $in: [...values] } } }], 'part', partFields),
      unionWith('memberships', [{ $match: { _id, tenant, group, present: true } }], 'member', memberFields),
    ]);
    const members = new Map(rows.flatMap(({ member }) => (member ? [[member.member, membership(member)]] : [])));
    const parts = rows.flatMap(({ part }) => part ?? []);
    for (const { pending } of rows) {
      if (pending?._id !== recordKey(tenant, group)) continue;
      for (const [value, entry] of outcomeOf(pending, parts, new Set(values))) {
        if (entry === false) members.delete(value);
        else members.set(value, entry);
      }
    }
    for (const { pending } of rows) if (pending?.removed) members.delete(identityOf(pending).id);
    return [...members.values()];
  }

  /**
   * All members that match a filter, chunk by chunk from the index, continuing after the last member: nothing is held
   * open at the server between two chunks. Pending changes are finished first; a read beside the first chunk shows
   * whether there are any.
   */
  async *all(tenant: string, group: string, filter: Filter = {}): AsyncGenerator<readonly Membership[]> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const match: Filter = { tenant, group, present: true, member: { $gt: after }, ...filter };
      const found: readonly Member[] =
        after === ''
          ? await this.#first(tenant, group, match)
          : await this.#collections.memberships.find<Member>(match, order);
      if (found.length > 0) yield found.map(membership);
      after = found.length === chunk ? found.at(-1)?.member : undefined;
    }
  }

  async #first(tenant: string, group: string, match: Filter): Promise<readonly Member[]> {
    const rows = await this.#collections.records.aggregate<Row>([
      { $match: waitingFor(tenant, group) },
      { $limit: 1 },
      { $project: { _id: 0, pending: { _id: '$_id' } } },
      unionWith(
        'memberships',
        [{ $match: match }, { $sort: { member: 1 } }, { $limit: chunk }],
        'member',
        memberFields,
      ),
    ]);
    if (rows.every(({ pending }) => pending === undefined)) return rows.flatMap(({ member }) => member ?? []);
    await this.#mover.settleGroup(tenant, group);
    return this.#collections.memberships.find<Member>(match, order);
  }
}

const order = { projection: memberFields, sort: { member: 1 }, limit: chunk } as const;

function unionWith(coll: string, pipeline: readonly object[], kind: keyof Row, fields: Readonly<Record<string, 1>>) {
  return { $unionWith: { coll, pipeline: [...pipeline, { $project: { _id: 0, [kind]: pathsOf(fields) } }] } };
}

function membership({ member, type, display }: Member): Membership {
  return display === undefined ? { value: member, type } : { value: member, type, display };
}
