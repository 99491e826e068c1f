import { conditionNow } from '../now/condition-now.ts';
import { createHoldsNow } from '../now/public-terms.ts';
import { userNow } from '../now/user-now.ts';
import { nameInCondition } from '../user/name-in-condition.ts';
import type { Rules } from '../user/user-draft.ts';
import { soon, type Soon } from '../../base/soon.ts';
import type { Clock } from '../../base/clock.ts';
import type { OperationReport, SkippedMembers } from '../../scim/model/request-notes.ts';
import type { ListPage, ListQuery, Representation, RequestContext, Include } from '../../scim/port/resource-handler.ts';
import type { TextFrame } from '../../scim/port/text-frame.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { NotFoundError } from '../../scim/model/scim-error.ts';
import type { Settings } from '../../config/settings.ts';
import type { DryRunChange } from './explain-change.ts';
import { omit } from '../../base/omit.ts';
import type { DryRuns } from './dry-runs.ts';
import { groupsByPlace, hasGroups, represent, representOne, shownReadsOf, shownWhole } from './representation.ts';
import type {
  MembershipChange,
  ResourceStore,
  ShownReads,
  ShownRecord,
  StoredRecord,
  StoreQuery,
} from '../records/resource-store.ts';
import type { ResourceServiceParts } from './resource-service-parts.ts';

/** What a write answers. */
export interface Written {
  readonly record: StoredRecord;
  readonly changed: boolean;
  readonly members: MembershipChange | undefined;
  readonly operations: readonly OperationReport[];
  readonly skipped?: SkippedMembers | undefined;
  /** Of a dry run: what would have been written. */
  readonly rehearsed?: DryRunChange;
}

type Moment = Pick<Rules, 'settings' | 'now'>;

const holdsNow = createHoldsNow();

export function notFound(type: ResourceType, id: string): NotFoundError {
  return new NotFoundError(`There is no ${type.name} with id "${id.slice(0, 100)}".`);
}

/** What reads work with. */
export type ResourceReadsParts = Pick<ResourceServiceParts, 'store' | 'clock' | 'settingsOf' | 'rehearsal'>;

/** Reads resources of any type, as they are at this moment. */
export class ResourceReads {
  readonly #store: ResourceStore;
  readonly #shown: Required<Pick<ShownReads, 'get' | 'query'>>;
  readonly #clock: Clock;
  readonly #settingsOf: (tenant: string) => Settings;
  readonly #rehearsal: DryRuns;

  constructor({ store, clock, settingsOf, rehearsal }: ResourceReadsParts) {
    this.#store = store;
    this.#shown = shownReadsOf(store);
    this.#clock = clock;
    this.#settingsOf = settingsOf;
    this.#rehearsal = rehearsal;
  }

  async findByValues(
    { tenant }: RequestContext,
    type: ResourceType,
    attribute: 'username' | 'externalid' | 'displayname',
    values: readonly string[],
    wants: Include,
  ): Promise<readonly Representation[]> {
    if (values.length === 0) return [];
    const records = await this.#store.findByValues(tenant, type.name, attribute, values);
    return represent(
      this.#store,
      type,
      records.map((record) => this.#now(type, shownWhole(record), this.#moment(tenant))),
      wants,
    );
  }

  read({ tenant }: RequestContext, type: ResourceType, id: string, wants: Include): Soon<Representation> {
    return soon(this.#found(tenant, type, id, hasGroups(type, wants)), (record) => {
      if (record === undefined) throw notFound(type, id);
      return representOne(this.#store, type, this.#now(type, record, this.#moment(tenant)), wants);
    });
  }

  /** A record, with its groups where the store reads them along. */
  #found(tenant: string, type: ResourceType, id: string, withGroups: boolean): Soon<ShownRecord | undefined> {
    if (!withGroups || this.#store.shown?.get !== undefined) return this.#shown.get(tenant, type.name, id, withGroups);
    return this.#store
      .getWithGroups(tenant, type.name, id)
      .then((found) => found && { ...shownWhole(found.record), groups: found.groups });
  }

  list(
    context: RequestContext,
    type: ResourceType,
    { condition, sort, wants, count, page, frame }: ListQuery,
  ): Soon<ListPage> {
    const { tenant } = context;
    const moment = this.#moment(tenant);
    const query: StoreQuery = {
      tenant,
      type: type.name,
      condition: condition && type.name === 'User' ? conditionNow(nameInCondition(condition), type, moment) : condition,
      sort,
      limit: count,
      page: 'startIndex' in page ? { offset: Math.max(0, page.startIndex - 1) } : page,
    };
    const asText = frame && this.#textPage(type, query, frame, { wants, moment });
    return soon(asText, (text) => text ?? this.#parsedPage(type, query, wants, moment));
  }

  async #parsedPage(type: ResourceType, query: StoreQuery, wants: Include, moment: Moment): Promise<ListPage> {
    const { total: totalResults, records, ...edges } = await this.#shown.query(query);
    return {
      totalResults,
      resources: await represent(
        this.#store,
        type,
        records.map((record) => this.#now(type, record, moment)),
        wants,
      ),
      ...edges,
    };
  }

  /** A page as text; undefined where the text of one of its records does not hold now. */
  #textPage(
    type: ResourceType,
    query: StoreQuery,
    frame: TextFrame,
    { wants, moment }: { readonly wants: Include; readonly moment: Moment },
  ): Soon<ListPage | undefined> {
    if (wants.members || this.#store.shown === undefined) return undefined;
    return soon(this.#store.shown.queryText(query, frame), ({ total: totalResults, text: found, ...edges }) => {
      if (found === undefined) return undefined;
      const { count, text, under, until, inGroups } = found;
      if (!under.every((one) => holdsNow(type, { under: one, until }, moment))) return undefined;
      const groups = hasGroups(type, wants)
        ? groupsByPlace(this.#store, query.tenant, inGroups)
        : new Map<number, Resource[]>();
      return soon(groups, (byPlace) => ({
        totalResults,
        resources: [],
        text: { count, text, groups: byPlace },
        ...edges,
      }));
    });
  }

  /** A record as it is at this moment; with its public text where that holds now. */
  #now(type: ResourceType, record: ShownRecord, moment: Moment): ShownRecord {
    const { publicText } = record;
    if (publicText !== undefined && holdsNow(type, publicText, moment)) return record;
    const whole = record.whole();
    const shown = shownWhole(omit(type.name === 'User' ? userNow(whole, moment) : whole, 'publicText'));
    return record.groups === undefined ? shown : { ...shown, groups: record.groups };
  }

  #moment(tenant: string): Moment {
    return { settings: this.#settingsOf(tenant), now: this.#clock.now() };
  }

  /** What a write answers, as the protocol shows it. */
  async show(
    context: RequestContext,
    type: ResourceType,
    { record, members, rehearsed, skipped }: Written,
    wants: Include,
  ): Promise<Representation> {
    const [found] = await represent(
      this.#store,
      type,
      [this.#now(type, shownWhole(record), this.#moment(context.tenant))],
      wants,
      context.dryRun ? { change: members } : {},
    );
    found!.skippedMembers = skipped;
    if (rehearsed !== undefined) found!.dryRun = this.#rehearsal.report(rehearsed, context.tenant);
    return found!;
  }
}
