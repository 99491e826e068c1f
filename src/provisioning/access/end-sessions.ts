import type { Origin } from '../records/origin.ts';
import type { ResourceStore } from '../records/resource-store.ts';
import { bindFilter } from '../../scim/filter/bind-filter.ts';
import { parseFilter } from '../../scim/filter/filter-parser.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Condition } from '../../scim/search/condition.ts';
import { omit } from '../../base/omit.ts';
import { type ChangeUser, write } from '../user/change-user.ts';

/** Whose sessions are to end: by a mail address or user name, by the id that the source of people knows, by ours. */
export type SessionSubject =
  | { readonly by: 'email'; readonly email: string }
  | { readonly by: 'externalId'; readonly externalId: string }
  | { readonly by: 'id'; readonly id: string };

/** What ending sessions works with. */
export interface EndSessionsParts {
  readonly store: Pick<ResourceStore, 'query' | 'get'>;
  readonly changeUser: ChangeUser;
  readonly userType: ResourceType;
}

/** People who share an address; past so many none is meant. */
const mostSharers = 20;

/** Ends all sessions of people at once, in every process: each page asks the store whether its session still holds. */
export class EndSessions {
  readonly #parts: EndSessionsParts;

  constructor(parts: EndSessionsParts) {
    this.#parts = parts;
  }

  /** @returns how many people it found, including those without a session */
  async end(tenant: string, subject: SessionSubject, origin: Origin): Promise<number> {
    const ids = await this.#idsOf(tenant, subject);
    let ended = 0;
    for (const id of ids) {
      const found = await this.#parts.changeUser({ tenant, id }, origin, (draft, { now }) => {
        // A mark of its own even where the last one is of this very moment.
        const before = draft.account.sessionsValidFrom;
        const mark = now.toISOString();
        const next = before !== undefined && before >= mark ? new Date(Date.parse(before) + 1).toISOString() : mark;
        draft.account = { ...omit(draft.account, 'endedSessions'), sessionsValidFrom: next };
        return write(true);
      });
      if (found === true) ended += 1;
    }
    return ended;
  }

  async #idsOf(tenant: string, subject: SessionSubject): Promise<readonly string[]> {
    const { userType, store } = this.#parts;
    if (subject.by === 'id') {
      const record = await store.get(tenant, userType.name, subject.id);
      return record === undefined ? [] : [record.id];
    }
    const filters =
      subject.by === 'email'
        ? [`userName eq ${JSON.stringify(subject.email)}`, `emails.value eq ${JSON.stringify(subject.email)}`]
        : [`externalId eq ${JSON.stringify(subject.externalId)}`];
    const ids = new Set<string>();
    for (const filter of filters) {
      const condition: Condition = bindFilter(userType, parseFilter(filter));
      const { records } = await store.query({
        tenant,
        type: userType.name,
        condition,
        sort: undefined,
        limit: mostSharers,
        page: { offset: 0 },
      });
      for (const { id } of records) ids.add(id);
    }
    return [...ids];
  }
}
